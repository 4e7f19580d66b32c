/** PatternFly's text under a field, which says how bad it is in the reader's language. */

import { type HelperTextItemProps, HelperTextItem as Plain } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

const WORDS = { error: "alert.danger", warning: "alert.warning", success: "alert.success" } as const;

export function HelperTextItem({ variant = "default", ...props }: HelperTextItemProps) {
  const { t } = useTranslation();
  const word = variant === "default" || variant === "indeterminate" ? undefined : WORDS[variant];
  return <Plain variant={variant} screenReaderText={word ? t(word) : ""} {...props} />;
}
