/** A run of retention: what it did, or would do, in each repository. */

import { Button, Content, Flex, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { projectQuery } from "~/features/projects/queries";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time, useFormat } from "~/ui/format";
import { type Filter, useListState } from "~/ui/list-state";
import { isLive, Status } from "~/ui/Status";
import { Empty, Failed, Loading } from "~/ui/states";
import { useTitle } from "~/ui/title";
import { runQuery, type Task, tasksQuery } from "./queries";
import { TaskResult } from "./TaskResult";

const FILTERS: Filter[] = [];

export default function RunPage() {
  const { project, run } = useParams({ from: "/shell/projects/$project/retention/runs/$run" });
  const { data, error, refetch } = useQuery(projectQuery(project));
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  return <Run project={project} policy={Number(data.metadata.retention_id) || 0} run={Number(run)} />;
}

interface Place {
  policy: number;
  run: number;
}

/** The task whose result is shown: the one that was asked for, else the first in which something goes. */
export function shownTask(tasks: Task[], asked: number): Task | undefined {
  return (
    tasks.find(({ id }) => id === asked) ?? tasks.find(({ total, retained }) => total > retained) ?? tasks[0]
  );
}

function Run({ project, policy, run }: Place & { project: string }) {
  const { t } = useTranslation(["policy", "common"]);
  const { task: asked } = useSearch({ strict: false }) as { task?: unknown };
  const state = useListState(FILTERS);
  const { data: known, error, refetch } = useQuery(runQuery(policy, run));
  const list = useQuery(tasksQuery(policy, run, state));
  const dry = known?.dry_run ?? false;
  const shown = shownTask(list.data?.items ?? [], Number(asked));
  const columns = useColumns(dry, shown?.id);
  const title = t(dry ? "run.titleDry" : "run.title", { id: run });
  useTitle("thing", known ? title : "");
  // Until it is known, what would go can't be told from what is gone.
  if (known === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  return (
    <>
      <Link to="/projects/$project/retention" params={{ project }}>
        {t("run.back")}
      </Link>
      <Flex gap={{ default: "gapMd" }} alignItems={{ default: "alignItemsCenter" }} className="minato-gap">
        <Title headingLevel="h2" size="lg">
          {title}
        </Title>
        {known && <Status value={known.status} />}
        {known && <Time value={known.start_time} />}
      </Flex>
      <Sum tasks={list.data?.items ?? []} total={list.data?.total ?? 0} dry={dry} />
      <DataTable
        id="retention-tasks"
        label={t("run.repositories")}
        columns={columns}
        list={list}
        state={state}
        rowKey={({ id }) => id}
        rowName={({ repository }) => repository}
        empty={
          known && isLive(known.status) ? (
            <Loading />
          ) : (
            <Empty title={t("run.empty")}>{t("run.emptyHint")}</Empty>
          )
        }
      />
      {shown && <TaskResult key={shown.id} project={project} policy={policy} task={shown} dry={dry} />}
    </>
  );
}

function Sum({ tasks, total, dry }: { tasks: Task[]; total: number; dry: boolean }) {
  const { t } = useTranslation("policy");
  const { number } = useFormat();
  if (!tasks.length) return null;
  const all = tasks.reduce((sum, task) => sum + task.total, 0);
  const kept = tasks.reduce((sum, task) => sum + task.retained, 0);
  const sum = t(dry ? "run.sumDry" : "run.sum", { dropped: number(all - kept), total: number(all) });
  return (
    <Content component="p" className="minato-gap">
      <strong>{total > tasks.length ? t("run.sumPart", { sum }) : sum}</strong>{" "}
      {dry && <span className="minato-quiet">{t("run.isDry")}</span>}
    </Content>
  );
}

function useColumns(dry: boolean, shown: number | undefined): Column<Task>[] {
  const { t } = useTranslation(["policy", "common"]);
  const { number, duration } = useFormat();
  const navigate = useNavigate();
  const show = (task: number) =>
    navigate({
      to: ".",
      search: ((before: Record<string, unknown>) => ({ ...before, task })) as never,
      replace: true,
      resetScroll: false,
    });
  return [
    {
      key: "repository",
      label: t("run.repository"),
      width: 40,
      render: ({ id, repository }) => (
        <Button
          variant="link"
          isInline
          aria-label={t("run.show", { name: repository })}
          aria-current={id === shown}
          onClick={() => show(id)}
          style={id === shown ? { fontWeight: "bold" } : undefined}
        >
          {repository}
        </Button>
      ),
    },
    { key: "state", label: t("common:state"), render: ({ status }) => <Status value={status} /> },
    { key: "total", label: t("run.total"), render: ({ total }) => number(total) },
    { key: "kept", label: t("run.kept"), render: ({ retained }) => number(retained) },
    {
      key: "dropped",
      label: t(dry ? "run.wouldDrop" : "run.dropped"),
      render: ({ total, retained }) =>
        total > retained ? <strong>{number(total - retained)}</strong> : number(0),
    },
    {
      key: "duration",
      label: t("common:duration"),
      render: ({ start_time, end_time }) =>
        start_time && end_time ? duration(Date.parse(end_time) - Date.parse(start_time)) : "–",
    },
  ];
}
