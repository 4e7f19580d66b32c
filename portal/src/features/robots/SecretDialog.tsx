/** A robot's secret, shown this once: to copy, or to keep as a file. */

import { Button, Form, FormGroup, ModalBody, ModalFooter } from "@patternfly/react-core";
import DownloadIcon from "@patternfly/react-icons/dist/esm/icons/download-icon";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { useSystemInfo } from "~/app/session";
import { Copy } from "~/ui/Copy";
import { Alert } from "~/ui/patternfly/Alert";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import type { Created } from "./queries";

/** The clients of the preferences that have a `login`. */
const CLIENTS = ["docker", "podman", "nerdctl", "skopeo"];

function download({ name, secret }: Created): void {
  const file = new Blob([`${JSON.stringify({ name, secret }, null, 2)}\n`], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(address);
}

export function SecretDialog({ robot, close }: { robot: Created; close: () => void }) {
  const { t } = useTranslation(["robots", "common"]);
  const id = useId();
  const info = useSystemInfo();
  const { runtime } = usePreferences();
  const client = CLIENTS.includes(runtime) ? runtime : "docker";
  const command = `${client} login ${info.registry_url ?? location.host} --username '${robot.name}'`;
  return (
    <Modal isOpen variant="small" aria-labelledby={id}>
      <ModalHeader title={t("secret.title")} labelId={id} />
      <ModalBody>
        <Form>
          <Alert isInline variant="warning" title={t("secret.once")} />
          <FormGroup label={t("secret.name")} role="group">
            <Copy text={robot.name} label={t("secret.name")} />
          </FormGroup>
          <FormGroup label={t("secret.secret")} role="group">
            <Copy text={robot.secret} label={t("secret.secret")} />
          </FormGroup>
          <FormGroup label={t("secret.login")} role="group">
            <Copy text={command} label={t("secret.login")} />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button onClick={close}>{t("secret.kept")}</Button>
        <Button variant="secondary" icon={<DownloadIcon />} onClick={() => download(robot)}>
          {t("secret.download")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
