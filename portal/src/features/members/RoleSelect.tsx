/** A member's role, to be changed where it stands. */

import { MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ROLES, roleName } from "./roles";

export function RoleSelect({
  member,
  role,
  change,
}: {
  /** Whose role it is, for its label. */
  member: string;
  role: number;
  change: (role: number) => Promise<void>;
}) {
  const { t } = useTranslation(["members", "common"]);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = roleName(role);
  const pick = async (picked: number) => {
    setOpen(false);
    if (picked === role) return;
    setBusy(true);
    await change(picked);
    setBusy(false);
  };
  return (
    <Select
      isOpen={open}
      onOpenChange={setOpen}
      selected={role}
      onSelect={(_, picked) => pick(Number(picked))}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          size="sm"
          isExpanded={open}
          isDisabled={busy}
          onClick={() => setOpen(!open)}
          aria-label={t("roleOf", { member, role: name ? t(`common:role.${name}`) : role })}
        >
          {name ? t(`common:role.${name}`) : role}
        </MenuToggle>
      )}
    >
      <SelectList aria-label={t("role")}>
        {ROLES.map(([id, one]) => (
          <SelectOption key={id} value={id} description={t(`roleHelp.${one}`)} isSelected={id === role}>
            {t(`common:role.${one}`)}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}
