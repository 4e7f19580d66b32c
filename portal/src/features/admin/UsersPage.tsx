/** The accounts: making them, who administers, new passwords, and deleting them. */

import { Button, Label } from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser, useSystemInfo } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time } from "~/ui/format";
import { useListChanges } from "~/ui/list-changes";
import { useListState } from "~/ui/list-state";
import { Page } from "~/ui/Page";
import { Alert } from "~/ui/patternfly/Alert";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { type User, usersQuery } from "./queries";
import { type UserAction, UserDialog } from "./UserDialogs";

/** The account that is there from the beginning; it always administers. */
const FIRST = 1;

export default function UsersPage() {
  // Those of an account are for the dialogs.
  const { t } = useTranslation(["admin", "common", "account"]);
  const { auth_mode } = useSystemInfo();
  const isLocal = auth_mode === "db_auth";
  const { selected, setSelected, deleted, done } = useListChanges(["users"], ({ user_id }: User) => user_id);
  const [dialog, setDialog] = useState<UserAction | null>(null);
  const filters = useFilters();
  const state = useListState(filters);
  const list = useQuery(usersQuery(state));
  const actions = useActions(isLocal, setDialog);
  const { user_id: own } = useCurrentUser() ?? {};
  const allows = ({ user_id }: User) => user_id !== FIRST && user_id !== own;
  const create = isLocal && <Button onClick={() => setDialog({ kind: "create" })}>{t("users.new")}</Button>;
  return (
    <Page title={t("common:nav.users")} subtitle={t("users.subtitle")} actions={create}>
      {!isLocal && (
        <Alert isInline variant="info" title={t("users.elsewhere.title")}>
          {t("users.elsewhere.text")}
        </Alert>
      )}
      <DataTable
        id="users"
        label={t("common:nav.users")}
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ user_id }) => user_id}
        rowName={({ username }) => username}
        selection={{ rows: selected, change: setSelected, allows }}
        actions={actions}
        toolbar={
          <BulkButton
            danger
            label={t("common:delete")}
            count={selected.length}
            onClick={() => setDialog({ kind: "delete", users: selected })}
          />
        }
        empty={<Empty title={t("users.none")} actions={create} />}
      />
      {dialog && <UserDialog action={dialog} close={() => setDialog(null)} done={done} deleted={deleted} />}
    </Page>
  );
}

function useFilters() {
  const { t } = useTranslation(["admin", "common"]);
  return useMemo(
    () => [
      { key: "username", label: t("users.filter") },
      {
        key: "sysadmin_flag",
        label: t("users.administrator"),
        options: [
          { value: "true", label: t("common:yes") },
          { value: "false", label: t("common:no") },
        ],
      },
    ],
    [t],
  );
}

/** What may be done with a user: nothing that would lock one out oneself. */
function useActions(isLocal: boolean, open: (action: UserAction) => void) {
  const { t } = useTranslation(["admin", "common"]);
  const own = useCurrentUser()?.user_id;
  return (user: User): IAction[] => {
    const isOther = user.user_id !== FIRST && user.user_id !== own;
    const items: IAction[] = [];
    if (isLocal) items.push({ title: t("users.edit"), onClick: () => open({ kind: "edit", user }) });
    if (isOther) {
      items.push({
        title: t(user.sysadmin_flag ? "users.unset" : "users.set"),
        onClick: () => open({ kind: "administrator", user }),
      });
    }
    if (isLocal && user.user_id !== own) {
      items.push({ title: t("users.password.title"), onClick: () => open({ kind: "password", user }) });
    }
    if (isOther) {
      items.push(
        { isSeparator: true },
        { title: t("common:delete"), onClick: () => open({ kind: "delete", users: [user] }) },
      );
    }
    return items;
  };
}

function useColumns(): Column<User>[] {
  const { t } = useTranslation(["admin", "common"]);
  const own = useCurrentUser()?.user_id;
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "username",
      render: ({ username, user_id }) => (
        <>
          {username}
          {user_id === own && (
            <>
              {" "}
              <Label isCompact>{t("users.you")}</Label>
            </>
          )}
        </>
      ),
    },
    { key: "email", label: t("users.email"), sort: "email", render: ({ email }) => email ?? "–" },
    { key: "realname", label: t("users.realname"), render: ({ realname }) => realname ?? "–" },
    {
      key: "administrator",
      label: t("users.administrator"),
      render: ({ sysadmin_flag }) =>
        sysadmin_flag ? (
          <Label isCompact color="purple">
            {t("users.administrator")}
          </Label>
        ) : (
          "–"
        ),
    },
    { key: "comment", label: t("users.comment"), hidden: true, render: ({ comment }) => comment ?? "–" },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
  ];
}
