/** PatternFly's dialog with the words of its own in the reader's language. */

import {
  Button,
  type ModalHeaderProps,
  type ModalProps,
  Modal as Plain,
  ModalHeader as PlainHeader,
} from "@patternfly/react-core";
import CloseIcon from "@patternfly/react-icons/dist/esm/icons/rh-microns-close-icon";
import { useTranslation } from "react-i18next";

export function Modal({ onClose, children, ...props }: Omit<ModalProps, "ref">) {
  const { t } = useTranslation();
  return (
    <Plain onEscapePress={onClose} {...props}>
      {onClose && (
        <div className="pf-v6-c-modal-box__close">
          <Button variant="plain" aria-label={t("close")} icon={<CloseIcon />} onClick={onClose} />
        </div>
      )}
      {children}
    </Plain>
  );
}

export function ModalHeader(props: ModalHeaderProps) {
  const { t } = useTranslation();
  const warns = props.titleIconVariant === "warning";
  return <PlainHeader titleScreenReaderText={warns ? t("alert.warning") : undefined} {...props} />;
}
