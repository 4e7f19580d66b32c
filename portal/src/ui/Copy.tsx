/** A text to copy: a command, a digest, a secret that is shown once. */

import { ClipboardCopy } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { copyText } from "./copy-text";

export function Copy({ text, label, code = true }: { text: string; label: string; code?: boolean }) {
  const { t } = useTranslation();
  return (
    <ClipboardCopy
      isReadOnly
      isCode={code}
      hoverTip={t("copy.copy")}
      clickTip={t("copy.copied")}
      textAriaLabel={label}
      aria-label={label}
      copyAriaLabel={t("copy.label", { label })}
      onCopy={() => copyText(text)}
    >
      {text}
    </ClipboardCopy>
  );
}

/** A digest by its first characters; all of it is copied. */
export function Digest({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <ClipboardCopy
      variant="inline-compact"
      isCode
      hoverTip={t("copy.copy")}
      clickTip={t("copy.copied")}
      copyAriaLabel={t("copy.label", { label: value })}
      onCopy={() => copyText(value)}
    >
      {value.slice(0, 15)}
    </ClipboardCopy>
  );
}
