/** Who belongs to a project, and with which role. */

import { Button, ToolbarItem } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useCurrentUser } from "~/app/session";
import { DataTable } from "~/ui/DataTable";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { AddMembers } from "./AddMembers";
import { useColumns } from "./columns";
import { ChangeRoles, RemoveMembers } from "./MemberDialogs";
import { type Member, membersQuery, setRole } from "./queries";

const RoleMatrix = lazy(() => import("./RoleMatrix"));

type Open = { kind: "add" | "matrix" } | { kind: "remove" | "role"; members: Member[] };

export default function MembersPage() {
  const { t } = useTranslation(["members", "common"]);
  const { project } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(project);
  const user = useCurrentUser();
  const [open, setOpen] = useState<Open | null>(null);
  const [selected, setSelected] = useState<Member[]>([]);
  const filters = useMemo(() => [{ key: "name", label: t("filterByName") }], [t]);
  const state = useListState(filters);
  const list = useQuery(membersQuery(project, state));
  const change = useChangeRole(project);
  const isSelf = (member: Member) => member.entity_type === "u" && member.entity_id === user?.user_id;
  const mayUpdate = can("member", "update");
  const mayDelete = can("member", "delete");
  const add = can("member", "create") && (
    <Button onClick={() => setOpen({ kind: "add" })}>{t("add.title")}</Button>
  );
  const remove = (members: Member[]) => setOpen({ kind: "remove", members });
  return (
    <>
      <DataTable
        id="members"
        label={t("common:tabs.members")}
        columns={useColumns({ isSelf, change: mayUpdate ? change : undefined })}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ entity_name }) => entity_name}
        selection={
          mayUpdate || mayDelete
            ? { rows: selected, change: setSelected, allows: (member) => !isSelf(member) }
            : undefined
        }
        actions={
          mayDelete
            ? (member) =>
                isSelf(member) ? [] : [{ title: t("common:remove"), onClick: () => remove([member]) }]
            : undefined
        }
        toolbar={
          <>
            {add && <ToolbarItem>{add}</ToolbarItem>}
            {mayUpdate && selected.length > 0 && (
              <BulkButton
                label={t("changeRole")}
                count={selected.length}
                onClick={() => setOpen({ kind: "role", members: selected })}
              />
            )}
            {mayDelete && selected.length > 0 && (
              <BulkButton
                label={t("common:remove")}
                count={selected.length}
                onClick={() => remove(selected)}
              />
            )}
            <ToolbarItem>
              <Button variant="link" onClick={() => setOpen({ kind: "matrix" })}>
                {t("matrix.open")}
              </Button>
            </ToolbarItem>
          </>
        }
        empty={
          <Empty title={t("empty.title")} actions={add}>
            {t("empty.text")}
          </Empty>
        }
      />
      <Dialogs
        project={project}
        open={open}
        close={() => setOpen(null)}
        changed={(members) =>
          setSelected((now) => now.filter(({ id }) => !members.some((member) => member.id === id)))
        }
        done={() => setSelected([])}
      />
    </>
  );
}

function useRefresh(project: string) {
  const queries = useQueryClient();
  return () => {
    queries.invalidateQueries({ queryKey: ["projects", project, "members"] });
    queries.invalidateQueries({ queryKey: ["projects", project, "summary"] });
  };
}

/** Changes one member's role at once; what went wrong is told in the corner. */
function useChangeRole(project: string) {
  const { t } = useTranslation("members");
  const notify = useNotify();
  const refresh = useRefresh(project);
  return async (member: Member, role: number) => {
    try {
      await setRole(project, member.id, role);
      notify.success(t("changeRoles.done", { count: 1 }));
    } catch (error) {
      notify.failure(error);
    }
    refresh();
  };
}

function Dialogs({
  project,
  open,
  close,
  changed,
  done,
}: {
  project: string;
  open: Open | null;
  close: () => void;
  changed: (members: Member[]) => void;
  done: () => void;
}) {
  const { t } = useTranslation("members");
  const notify = useNotify();
  const refresh = useRefresh(project);
  if (!open) return null;
  if (open.kind === "matrix") {
    return (
      <Suspense>
        <RoleMatrix close={close} />
      </Suspense>
    );
  }
  if (open.kind === "add") {
    const added = (count: number) => {
      refresh();
      notify.success(t("add.done", { count }));
    };
    return <AddMembers project={project} close={close} added={added} />;
  }
  if (!("members" in open)) return null;
  const { kind, members } = open;
  const finished = () => {
    done();
    notify.success(t(kind === "role" ? "changeRoles.done" : "remove.done", { count: members.length }));
  };
  const settled = (gone: Member[]) => {
    changed(gone);
    refresh();
  };
  const props = { project, members, close, changed: settled, done: finished };
  return kind === "role" ? <ChangeRoles {...props} /> : <RemoveMembers {...props} />;
}
