/** The log of a scan. */

import { ModalBody } from "@patternfly/react-core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { repositoryParam } from "~/api/client";
import { LogView } from "~/ui/LogView";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import type { Place } from "./queries";

export default function ScanLog({
  place,
  digest,
  report,
  live,
  close,
}: {
  place: Place;
  digest: string;
  report: string;
  live: boolean;
  close: () => void;
}) {
  const { t } = useTranslation("artifacts");
  const id = useId();
  const project = encodeURIComponent(place.project);
  const repository = encodeURIComponent(repositoryParam(place.repository));
  const scan = encodeURIComponent(report);
  return (
    <Modal isOpen variant="large" onClose={close} aria-labelledby={id}>
      <ModalHeader title={t("scan.log")} labelId={id} />
      <ModalBody>
        <LogView
          path={`/projects/${project}/repositories/${repository}/artifacts/${digest}/scan/${scan}/log`}
          live={live}
        />
      </ModalBody>
    </Modal>
  );
}
