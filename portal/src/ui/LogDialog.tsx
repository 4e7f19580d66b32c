/** A job's log, over the page that told of the job. */

import { Button, ModalBody, ModalFooter } from "@patternfly/react-core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import { LogView } from "./LogView";

export function LogDialog({
  title,
  path,
  live,
  close,
}: {
  title: string;
  /** Where the API has the log. */
  path: string;
  /** Whether the job still runs. */
  live: boolean;
  close: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Modal isOpen variant="large" onClose={close} aria-labelledby={id}>
      <ModalHeader title={title} labelId={id} />
      <ModalBody>
        <LogView path={path} live={live} />
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={close}>
          {t("close")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
