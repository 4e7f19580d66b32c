/** All projects that one may see, and making and deleting them. */

import { Button, Label } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser, useIsAdmin, useMayCreateProject } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size, Time, useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Page } from "~/ui/Page";
import { Sentence } from "~/ui/Sentence";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { type Project, projectsQuery, statisticsQuery } from "./queries";

const NewProject = lazy(async () => ({ default: (await import("./NewProject")).NewProject }));
const DeleteProjects = lazy(async () => ({ default: (await import("./DeleteProjects")).DeleteProjects }));

export default function ProjectsPage() {
  const { t } = useTranslation(["projects", "common"]);
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const notify = useNotify();
  const [creating, setCreating] = useCreating();
  const [selected, setSelected] = useState<Project[]>([]);
  const [deleting, setDeleting] = useState<Project[]>([]);
  const filters = useFilters();
  const state = useListState(filters);
  const list = useQuery(projectsQuery(state));
  const mayDelete = ({ current_user_role_id: role }: Project) => isAdmin || role === 1;
  const mayDeleteAny = isAdmin || Boolean(list.data?.items.some(mayDelete));
  const mayCreate = useMayCreateProject();
  const create = mayCreate && <Button onClick={() => setCreating(true)}>{t("new.title")}</Button>;
  const settled = (gone: Project[], left: Project[]) => {
    setSelected((before) => before.filter((one) => !gone.some(({ name }) => name === one.name)));
    setDeleting(left);
    const [first] = gone;
    if (!first) return;
    done(
      gone.length === 1
        ? t("delete.done", { name: first.name })
        : t("delete.doneSeveral", { count: gone.length }),
    );
  };
  const done = (message: string) => {
    queries.invalidateQueries({ queryKey: ["projects"] });
    queries.invalidateQueries({ queryKey: ["statistics"] });
    notify.success(message);
  };
  return (
    <Page title={t("common:nav.projects")} subtitle={<Statistics />} actions={create}>
      <DataTable
        id="projects"
        label={t("common:nav.projects")}
        columns={useColumns(user !== null)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ project_id }) => project_id}
        rowName={({ name }) => name}
        selection={mayDeleteAny ? { rows: selected, change: setSelected, allows: mayDelete } : undefined}
        actions={
          user
            ? (project) =>
                mayDelete(project)
                  ? [{ title: t("common:delete"), onClick: () => setDeleting([project]) }]
                  : []
            : undefined
        }
        toolbar={
          mayDeleteAny && (
            <BulkButton
              label={t("common:delete")}
              count={selected.length}
              danger
              onClick={() => setDeleting(selected)}
            />
          )
        }
        empty={
          <Empty title={t("empty.title")} actions={create}>
            {t(mayCreate ? "empty.create" : "empty.ask")}
          </Empty>
        }
      />
      <Suspense>
        {creating && mayCreate && (
          <NewProject close={() => setCreating(false)} created={(name) => done(t("new.done", { name }))} />
        )}
        {deleting.length > 0 && (
          <DeleteProjects projects={deleting} settled={settled} close={() => setDeleting([])} />
        )}
      </Suspense>
    </Page>
  );
}

function useFilters() {
  const { t } = useTranslation("projects");
  return useMemo(
    () => [
      { key: "name", label: t("filterByName") },
      {
        key: "public",
        label: t("access"),
        options: [
          { value: "true", label: t("public") },
          { value: "false", label: t("private") },
        ],
      },
    ],
    [t],
  );
}

/** Whether the dialog for a new project is open: in the address, so that other pages can lead to it. */
function useCreating(): [boolean, (open: boolean) => void] {
  const search = useSearch({ strict: false }) as { new?: unknown };
  const navigate = useNavigate();
  const set = (open: boolean) =>
    navigate({
      to: ".",
      search: ((before: object) => ({ ...before, new: open || undefined })) as never,
      replace: !open,
    });
  return [search.new === true, set];
}

function useColumns(isMember: boolean): Column<Project>[] {
  const { t } = useTranslation(["projects", "common"]);
  const { number } = useFormat();
  const role: Column<Project> = {
    key: "role",
    label: t("yourRole"),
    render: ({ current_user_role_id: id }) => (id ? t(`role.${id as 1 | 2 | 3 | 4 | 5}`) : "–"),
  };
  const stored: Column<Project> = {
    key: "storage",
    label: t("summary.storage"),
    modifier: "nowrap",
    // Told to members only, as the next.
    render: ({ activity }) => (activity ? <Size bytes={activity.used} /> : "–"),
  };
  const lately: Column<Project> = {
    key: "lately",
    label: t("lately"),
    modifier: "nowrap",
    render: ({ activity }) =>
      activity && (activity.pushes || activity.pulls)
        ? t("summary.pushesAndPulls", { pushes: number(activity.pushes), pulls: number(activity.pulls) })
        : "–",
  };
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 30,
      render: ({ name }) => (
        <Link to="/projects/$project" params={{ project: name }}>
          {name}
        </Link>
      ),
    },
    {
      key: "access",
      label: t("access"),
      render: ({ metadata }) => (
        <Label isCompact color={metadata.public === "true" ? "green" : "grey"}>
          {t(metadata.public === "true" ? "public" : "private")}
        </Label>
      ),
    },
    // Visitors have none.
    ...(isMember ? [role] : []),
    { key: "repositories", label: t("repositories"), render: ({ repo_count }) => number(repo_count) },
    ...(isMember ? [stored, lately] : []),
    { key: "owner", label: t("owner"), hidden: true, render: ({ owner_name }) => owner_name },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
  ];
}

function Statistics() {
  const { t } = useTranslation("projects");
  const isAdmin = useIsAdmin();
  const user = useCurrentUser();
  // Visitors are told none.
  const { data } = useQuery({ ...statisticsQuery, enabled: user !== null });
  if (!data) return null;
  return (
    <span className="minato-facts">
      <span>
        {t("statistics.projects", { count: data.public_project_count + data.private_project_count })}
      </span>
      <span>{t("statistics.repositories", { count: data.public_repo_count + data.private_repo_count })}</span>
      {isAdmin && (
        <span>
          <Sentence
            text={t("statistics.stored")}
            parts={{ size: <Size bytes={data.total_storage_consumption} /> }}
          />
        </span>
      )}
    </span>
  );
}
