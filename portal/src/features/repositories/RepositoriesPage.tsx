/** A project's repositories: finding one, pushing the first, deleting what is not needed. */

import { ToolbarItem } from "@patternfly/react-core";
import CubesIcon from "@patternfly/react-icons/dist/esm/icons/cubes-icon";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { useUndo } from "~/features/undo/use-undo";
import { cardsOf } from "~/ui/Cards";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time, useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { DeleteRepositories } from "./DeleteRepositories";
import { PushButton, PushCommands } from "./PushCommands";
import { plainDescription, type Repository, repositoriesQuery, shortName } from "./queries";
import { RepositoryFacts } from "./RepositoryFacts";

export default function RepositoriesPage() {
  const { t } = useTranslation(["repositories", "common"]);
  const { project } = useParams({ from: "/shell/projects/$project/repositories" });
  const can = useCan(project);
  const queries = useQueryClient();
  const notify = useNotify();
  const undo = useUndo(project);
  const [selected, setSelected] = useState<Repository[]>([]);
  const [deleting, setDeleting] = useState<Repository[]>([]);
  const filters = useMemo(() => [{ key: "name", label: t("filterByName") }], [t]);
  const state = useListState(filters);
  const list = useQuery(repositoriesQuery(project, state));
  const mayDelete = can("repository", "delete");
  const settled = (gone: Repository[], left: Repository[]) => {
    setSelected((before) => before.filter((one) => !gone.includes(one)));
    setDeleting(left);
    queries.invalidateQueries({ queryKey: ["repositories", project] });
    queries.invalidateQueries({ queryKey: ["projects"] });
    if (gone.length > 0) notify.success(t("delete.done", { count: gone.length }), undo.action);
  };
  return (
    <>
      <DataTable
        id="repositories"
        label={t("common:tabs.repositories")}
        columns={useColumns(project)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ name }) => shortName(name)}
        selection={mayDelete ? { rows: selected, change: setSelected } : undefined}
        actions={
          mayDelete
            ? (repository) => [{ title: t("common:delete"), onClick: () => setDeleting([repository]) }]
            : undefined
        }
        cards={cardsOf((repository: Repository) => ({
          title: <RepositoryLink project={project} repository={repository} />,
          body: (
            <>
              <RepositoryFacts repository={repository} />
              <Description repository={repository} />
            </>
          ),
        }))}
        toolbar={
          <Buttons
            project={project}
            count={selected.length}
            remove={mayDelete ? () => setDeleting(selected) : undefined}
          />
        }
        empty={<NoRepositories project={project} mayPush={can("repository", "push")} />}
      />
      {deleting.length > 0 && (
        <DeleteRepositories
          project={project}
          repositories={deleting}
          settled={settled}
          close={() => setDeleting([])}
        />
      )}
    </>
  );
}

function Buttons({ project, count, remove }: { project: string; count: number; remove?: () => void }) {
  const { t } = useTranslation();
  const can = useCan(project);
  return (
    <>
      {remove && <BulkButton label={t("delete")} count={count} danger onClick={remove} />}
      {can("repository", "push") && (
        <ToolbarItem>
          <PushButton project={project} />
        </ToolbarItem>
      )}
    </>
  );
}

function NoRepositories({ project, mayPush }: { project: string; mayPush: boolean }) {
  const { t } = useTranslation("repositories");
  return (
    <>
      <Empty title={t("empty.title")} icon={CubesIcon}>
        {t(mayPush ? "empty.push" : "empty.ask")}
      </Empty>
      {mayPush && <PushCommands project={project} isCentred />}
    </>
  );
}

function RepositoryLink({ project, repository: { name } }: { project: string; repository: Repository }) {
  return (
    <Link to="/projects/$project/repositories/$repository" params={{ project, repository: shortName(name) }}>
      {shortName(name)}
    </Link>
  );
}

/** What it is for, on three lines at most. */
function Description({ repository }: { repository: Repository }) {
  const text = plainDescription(repository).trim();
  return text ? <p className="minato-lines">{text}</p> : null;
}

function useColumns(project: string): Column<Repository>[] {
  const { t } = useTranslation(["repositories", "common"]);
  const { number } = useFormat();
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 40,
      modifier: "breakWord",
      render: (repository) => <RepositoryLink project={project} repository={repository} />,
    },
    {
      key: "artifacts",
      label: t("artifacts"),
      render: ({ artifact_count: count }) => number(count),
    },
    {
      key: "pulls",
      label: t("pulls"),
      sort: "pull_count",
      render: ({ pull_count: count }) => number(count),
    },
    {
      key: "updated",
      label: t("common:updated"),
      sort: "update_time",
      modifier: "nowrap",
      render: ({ update_time: time }) => <Time value={time} />,
    },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      hidden: true,
      render: ({ creation_time: time }) => <Time value={time} />,
    },
    {
      key: "description",
      label: t("common:description"),
      modifier: "truncate",
      hidden: true,
      render: (repository) => plainDescription(repository).trim().split("\n")[0],
    },
  ];
}
