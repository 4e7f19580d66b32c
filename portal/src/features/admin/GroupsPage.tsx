/** Groups whose members somebody else knows: a directory, a provider, a proxy. */

import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSystemInfo } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { useListChanges } from "~/ui/list-changes";
import { useListState } from "~/ui/list-state";
import { Page } from "~/ui/Page";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { DeleteGroups, EditGroup, GROUP_TYPES, NewGroup, typeOfMode } from "./GroupDialogs";
import { type Group, groupsQuery } from "./queries";

export default function GroupsPage() {
  const { t } = useTranslation(["admin", "common"]);
  const { auth_mode } = useSystemInfo();
  const { selected, setSelected, deleted, done } = useListChanges(["usergroups"], ({ id }: Group) => id);
  const [creating, setCreating] = useState(false);
  const [editing, setEditing] = useState<Group | null>(null);
  const [deleting, setDeleting] = useState<Group[] | null>(null);
  const filters = useMemo(() => [{ key: "name", label: t("groups.filter") }], [t]);
  const state = useListState(filters);
  const list = useQuery(groupsQuery(state));
  const type = typeOfMode(auth_mode);
  const create = type && <Button onClick={() => setCreating(true)}>{t("groups.new")}</Button>;
  return (
    <Page title={t("common:nav.groups")} subtitle={t("groups.subtitle")} actions={create}>
      <DataTable
        id="groups"
        label={t("common:nav.groups")}
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id ?? 0}
        rowName={({ group_name }) => group_name ?? ""}
        selection={{ rows: selected, change: setSelected }}
        actions={(group) => [
          { title: t("groups.rename"), onClick: () => setEditing(group) },
          { isSeparator: true },
          { title: t("common:delete"), onClick: () => setDeleting([group]) },
        ]}
        toolbar={
          <BulkButton
            danger
            label={t("common:delete")}
            count={selected.length}
            onClick={() => setDeleting(selected)}
          />
        }
        empty={<NoGroups create={create} isLocal={!type} />}
      />
      {creating && type && <NewGroup type={type} close={() => setCreating(false)} done={done} />}
      {editing && <EditGroup group={editing} close={() => setEditing(null)} done={done} />}
      {deleting && (
        <DeleteGroups groups={deleting} close={() => setDeleting(null)} done={done} deleted={deleted} />
      )}
    </Page>
  );
}

function NoGroups({ create, isLocal }: { create: React.ReactNode; isLocal: boolean }) {
  const { t } = useTranslation("admin");
  return (
    <Empty
      title={t("groups.none")}
      actions={isLocal ? <Link to="/admin/users">{t("groups.toUsers")}</Link> : create}
    >
      {t(isLocal ? "groups.noneLocal" : "groups.noneText")}
    </Empty>
  );
}

function useColumns(): Column<Group>[] {
  const { t } = useTranslation(["admin", "common"]);
  return [
    { key: "name", label: t("common:name"), width: 30, render: ({ group_name }) => group_name },
    {
      key: "type",
      label: t("common:type"),
      render: ({ group_type }) => {
        const known = GROUP_TYPES.find((type) => type === group_type);
        return known ? t(`groups.type.${known}`) : "–";
      },
    },
    {
      key: "dn",
      label: t("groups.dn"),
      modifier: "breakWord",
      render: ({ ldap_group_dn }) => (ldap_group_dn ? <code>{ldap_group_dn}</code> : "–"),
    },
  ];
}
