/** What a password needs, with a tick at what the typed one has. */

import { HelperText } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { PASSWORD_RULES } from "./rules";

export function PasswordRules({ value }: { value: string }) {
  const { t } = useTranslation("account");
  return (
    <HelperText component="ul" aria-label={t("password.rules")} isLiveRegion={false}>
      {PASSWORD_RULES.map(([name, isKept]) => (
        <HelperTextItem
          component="li"
          key={name}
          variant={isKept(value) ? "success" : "indeterminate"}
          screenReaderText={t(isKept(value) ? "password.kept" : "password.missing")}
        >
          {t(`password.rule.${name}`)}
        </HelperTextItem>
      ))}
    </HelperText>
  );
}
