/** The command palette, by Ctrl+K or ⌘K: any page, project, repository or action by a few letters. */

import { ModalBody } from "@patternfly/react-core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Modal } from "~/ui/patternfly/Modal";
import { Finder } from "./Finder";

export default function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Modal
      isOpen
      variant="small"
      position="top"
      onClose={close}
      aria-label={t("find.palette")}
      elementToFocus=".finder-palette input"
    >
      <ModalBody>
        <Finder
          label={t("find.palettePrompt")}
          isPalette
          search={(text) => navigate({ to: "/search", search: { text } })}
          done={close}
        />
      </ModalBody>
    </Modal>
  );
}
