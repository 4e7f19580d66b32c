/** The field of a setting, with what it does, and why it can't be changed where it can't. */

import LockIcon from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SelectField, SwitchField, TextField } from "~/ui/fields";
import { BannerField } from "./BannerField";
import { EventsField } from "./EventsField";
import type { Items } from "./queries";
import { isFixed, MODES, type Setting, type ShownKey } from "./settings";

interface Common {
  name: ShownKey;
  label: string;
  help: ReactNode;
  disabled: boolean;
}

export function SettingField({ setting, items }: { setting: Setting<ShownKey>; items: Items }) {
  const { t } = useTranslation("configuration");
  const { key, kind } = setting;
  const disabled = isFixed(items);
  const help = (
    <>
      {t(`setting.${key}.help`)}
      {disabled && (
        <>
          {" "}
          <LockIcon /> {t("fixed.setting")}
        </>
      )}
    </>
  );
  const common: Common = { name: key, label: t(`setting.${key}.label`), help, disabled };
  switch (kind.is) {
    case "switch":
    case "inverse":
      return <SwitchField {...common} />;
    case "choice":
      return <ChoiceField {...common} options={kind.options} />;
    case "number":
      return <TextField {...common} type="number" required />;
    case "secret":
      return (
        <TextField {...common} type="password" autoComplete="new-password" placeholder={t("unchanged")} />
      );
    case "rows":
      return <TextField {...common} rows={5} />;
    case "events":
      return <EventsField {...common} />;
    case "banner":
      return <BannerField {...common} />;
    default:
      return <TextField {...common} required={kind.is === "name"} autoComplete="off" />;
  }
}

function ChoiceField({ options, ...common }: Common & { options: readonly string[] }) {
  const label = useOptionLabel();
  return <SelectField {...common} options={options.map((value) => ({ value, label: label(value) }))} />;
}

/** A choice in words. */
function useOptionLabel(): (value: string) => string {
  const { t } = useTranslation("configuration");
  return (value) => {
    const mode = MODES.find((one) => one === value);
    if (mode) return t(`mode.${mode}`);
    const scope = (["0", "1", "2"] as const).find((one) => one === value);
    if (scope) return t(`scope.${scope}`);
    const creation = (["everyone", "adminonly"] as const).find((one) => one === value);
    return creation ? t(`creation.${creation}`) : value;
  };
}
