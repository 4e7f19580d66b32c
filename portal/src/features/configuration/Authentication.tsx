/** How people sign in: the settings of each way. Only accounts of the registry itself are built so far. */

import { ExpandableSection, FormSection } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Items } from "./queries";
import { SettingField } from "./SettingField";
import { SettingsForm } from "./SettingsForm";
import { BY_MODE, MODES, type Mode } from "./settings";

const ALL = MODES.flatMap((mode) => [...BY_MODE[mode]]);

export function Authentication({ items }: { items: Items }) {
  return (
    <SettingsForm settings={ALL} items={items}>
      <Modes items={items} />
    </SettingsForm>
  );
}

/** The settings of the chosen way; those of the others are kept, and out of sight. */
function Modes({ items }: { items: Items }) {
  const { t } = useTranslation("configuration");
  const [open, setOpen] = useState(false);
  const chosen = MODES.find((mode) => mode === items.auth_mode?.value) ?? "db_auth";
  const others = MODES.filter((mode) => mode !== chosen);
  return (
    <>
      <ModeSection mode={chosen} items={items} />
      <ExpandableSection toggleText={t("otherModes")} isExpanded={open} onToggle={(_, next) => setOpen(next)}>
        <p className="minato-quiet">{t("otherModesText")}</p>
        {open &&
          others.map((mode) => (
            <div key={mode} className="minato-gap">
              <ModeSection mode={mode} items={items} />
            </div>
          ))}
      </ExpandableSection>
    </>
  );
}

function ModeSection({ mode, items }: { mode: Mode; items: Items }) {
  const { t } = useTranslation("configuration");
  return (
    <FormSection title={t(`mode.${mode}`)} titleElement="h2">
      {BY_MODE[mode].map((setting) => (
        <SettingField key={setting.key} setting={setting} items={items} />
      ))}
    </FormSection>
  );
}
