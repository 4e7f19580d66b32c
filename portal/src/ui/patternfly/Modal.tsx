/** PatternFly's dialog with the words of its own in the reader's language. */

import {
  type ModalHeaderProps,
  type ModalProps,
  Modal as Plain,
  ModalHeader as PlainHeader,
} from "@patternfly/react-core";
import { ModalBoxCloseButton } from "@patternfly/react-core/dist/esm/components/Modal/ModalBoxCloseButton";
import { useTranslation } from "react-i18next";

export function Modal({ onClose, children, ...props }: Omit<ModalProps, "ref">) {
  const { t } = useTranslation();
  return (
    <Plain onEscapePress={onClose} {...props}>
      {onClose && <ModalBoxCloseButton aria-label={t("close")} onClose={onClose} />}
      {children}
    </Plain>
  );
}

export function ModalHeader(props: ModalHeaderProps) {
  const { t } = useTranslation();
  const warns = props.titleIconVariant === "warning";
  return <PlainHeader titleScreenReaderText={warns ? t("alert.warning") : undefined} {...props} />;
}
