/** The settings of the system, by subject. */

import { FormSection } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSystemInfo } from "~/app/session";
import type { Items } from "./queries";
import { SettingField } from "./SettingField";
import { SettingsForm } from "./SettingsForm";
import { type Subject, SYSTEM } from "./settings";

const SUBJECTS: Subject[] = ["operation", "projects", "access", "pulls", "audit", "banner"];
const ALL = SUBJECTS.flatMap((subject) => [...SYSTEM[subject]]);

export function SystemSettings({ items }: { items: Items }) {
  const { t } = useTranslation("configuration");
  return (
    <SettingsForm settings={ALL} items={items}>
      {SUBJECTS.map((subject) => (
        <FormSection key={subject} title={t(`subject.${subject}`)} titleElement="h2">
          {SYSTEM[subject].map((setting) => (
            <SettingField key={setting.key} setting={setting} items={items} />
          ))}
          {subject === "projects" && <Link to="/admin/quotas">{t("toQuotas")}</Link>}
        </FormSection>
      ))}
      <Certificate />
    </SettingsForm>
  );
}

/** The certificate of the registry's authority, where it has one of its own. */
function Certificate() {
  const { t } = useTranslation("configuration");
  const { has_ca_root } = useSystemInfo();
  if (!has_ca_root) return null;
  return (
    <FormSection title={t("certificate.title")} titleElement="h2">
      <p className="minato-quiet">{t("certificate.text")}</p>
      <a href="/api/v2.0/systeminfo/getcert" download>
        {t("certificate.download")}
      </a>
    </FormSection>
  );
}
