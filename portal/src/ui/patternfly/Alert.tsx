/** PatternFly's alert, which says what it is to who does not see its colour, in the reader's language. */

import { type AlertProps, Alert as Plain } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

export function Alert({ variant = "custom", ...props }: AlertProps) {
  const { t } = useTranslation();
  return <Plain variant={variant} variantLabel={t(`alert.${variant}`)} {...props} />;
}
