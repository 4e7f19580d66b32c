/** All projects that one may see, and making and deleting them. */

import { Button, Label } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useCurrentUser, useIsAdmin, useMayCreateProject } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size, Time, useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Page } from "~/ui/Page";
import { Empty } from "~/ui/states";
import { type Project, projectsQuery, statisticsQuery } from "./queries";

const NewProject = lazy(async () => ({ default: (await import("./NewProject")).NewProject }));
const DeleteProject = lazy(async () => ({ default: (await import("./DeleteProject")).DeleteProject }));

export default function ProjectsPage() {
  const { t } = useTranslation(["projects", "common"]);
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  const queries = useQueryClient();
  const notify = useNotify();
  const [creating, setCreating] = useCreating();
  const [deleting, setDeleting] = useState<Project | null>(null);
  const filters = useMemo(
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
  const state = useListState(filters);
  const list = useQuery(projectsQuery(state));
  const mayCreate = useMayCreateProject();
  const create = mayCreate && <Button onClick={() => setCreating(true)}>{t("new.title")}</Button>;
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
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ project_id }) => project_id}
        rowName={({ name }) => name}
        actions={
          user
            ? (project) =>
                isAdmin || project.current_user_role_id === 1
                  ? [{ title: t("common:delete"), onClick: () => setDeleting(project) }]
                  : []
            : undefined
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
        {deleting && (
          <DeleteProject
            project={deleting}
            close={() => setDeleting(null)}
            deleted={() => done(t("delete.done", { name: deleting.name }))}
          />
        )}
      </Suspense>
    </Page>
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

function useColumns(): Column<Project>[] {
  const { t } = useTranslation(["projects", "common"]);
  const { number } = useFormat();
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 35,
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
    {
      key: "role",
      label: t("yourRole"),
      render: ({ current_user_role_id: role }) => (role ? t(`role.${role as 1 | 2 | 3 | 4 | 5}`) : "–"),
    },
    { key: "repositories", label: t("repositories"), render: ({ repo_count }) => number(repo_count) },
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
          <Trans
            t={t}
            i18nKey="statistics.stored"
            components={{ size: <Size bytes={data.total_storage_consumption} /> }}
          />
        </span>
      )}
    </span>
  );
}
