/** The columns of the table of members. */

import { Label } from "@patternfly/react-core";
import UserIcon from "@patternfly/react-icons/dist/esm/icons/user-icon";
import UsersIcon from "@patternfly/react-icons/dist/esm/icons/users-icon";
import { useTranslation } from "react-i18next";
import type { Column } from "~/ui/DataTable";
import type { Member } from "./queries";
import { RoleSelect } from "./RoleSelect";
import { roleName } from "./roles";

export function useColumns({
  isSelf,
  change,
}: {
  isSelf: (member: Member) => boolean;
  /** Changes a role; not there if one may not. */
  change?: (member: Member, role: number) => Promise<void>;
}): Column<Member>[] {
  const { t } = useTranslation(["members", "common"]);
  return [
    {
      key: "name",
      label: t("common:name"),
      width: 40,
      render: (member) => (
        <>
          {member.entity_name} {isSelf(member) && <Label isCompact>{t("you")}</Label>}
        </>
      ),
    },
    {
      key: "type",
      label: t("common:type"),
      width: 20,
      modifier: "nowrap",
      render: ({ entity_type }) => (
        <>
          <span className="minato-quiet">{entity_type === "g" ? <UsersIcon /> : <UserIcon />}</span>{" "}
          {t(entity_type === "g" ? "add.group" : "add.user")}
        </>
      ),
    },
    {
      key: "role",
      label: t("role"),
      modifier: "nowrap",
      render: (member) => {
        const name = roleName(member.role_id);
        if (!change || isSelf(member)) return name ? t(`common:role.${name}`) : member.role_name;
        return (
          <RoleSelect
            member={member.entity_name}
            role={member.role_id}
            change={(role) => change(member, role)}
          />
        );
      },
    },
  ];
}
