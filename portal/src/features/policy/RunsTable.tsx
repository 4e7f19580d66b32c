/** What retention did, or would have done, and when. */

import { Label, Title } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time, useFormat } from "~/ui/format";
import { type Filter, useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { isLive, Status } from "~/ui/Status";
import { Empty } from "~/ui/states";
import { RUNS, type Run, runsQuery, stopRun } from "./queries";

const FILTERS: Filter[] = [];

export function RunsTable({
  project,
  policy,
  mayStop,
}: {
  project: string;
  policy: number;
  mayStop: boolean;
}) {
  const { t } = useTranslation(["policy", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [stopping, setStopping] = useState<Run | null>(null);
  const state = useListState(FILTERS, RUNS);
  const list = useQuery(runsQuery(policy, state));
  return (
    <>
      <Title headingLevel="h2" size="lg" className="minato-gap">
        {t("runs.title")}
      </Title>
      <DataTable
        id="retention-runs"
        label={t("runs.title")}
        columns={useColumns(project)}
        list={list}
        state={state}
        rowKey={({ id }) => id}
        rowName={({ id }) => t("runs.open", { id })}
        actions={
          mayStop
            ? (run) =>
                isLive(run.status) ? [{ title: t("runs.stop"), onClick: () => setStopping(run) }] : []
            : undefined
        }
        empty={<Empty title={t("runs.empty")}>{t("runs.emptyHint")}</Empty>}
      />
      {stopping && (
        <ConfirmDialog
          title={t("runs.stopTitle", { id: stopping.id })}
          confirm={t("runs.stop")}
          action={async () => {
            await stopRun(policy, stopping.id);
            queries.invalidateQueries({ queryKey: ["retention", policy] });
            notify.success(t("runs.stopped"));
          }}
          close={() => setStopping(null)}
        >
          {t("runs.stopText")}
        </ConfirmDialog>
      )}
    </>
  );
}

export function RunKind({ dry }: { dry: boolean }) {
  const { t } = useTranslation("policy");
  return (
    <Label isCompact variant="outline" color={dry ? "blue" : "orange"}>
      {t(dry ? "runs.dry" : "runs.real")}
    </Label>
  );
}

function useColumns(project: string): Column<Run>[] {
  const { t } = useTranslation(["policy", "common"]);
  const { duration } = useFormat();
  return [
    {
      key: "id",
      label: t("runs.id"),
      render: ({ id }) => (
        <Link to="/projects/$project/retention/runs/$run" params={{ project, run: String(id) }}>
          {t("runs.open", { id })}
        </Link>
      ),
    },
    { key: "kind", label: t("runs.kind"), render: ({ dry_run }) => <RunKind dry={dry_run} /> },
    { key: "state", label: t("common:state"), render: ({ status }) => <Status value={status} /> },
    {
      key: "trigger",
      label: t("runs.trigger"),
      render: ({ trigger }) => t(trigger === "MANUAL" ? "runs.manual" : "runs.scheduled"),
    },
    {
      key: "started",
      label: t("common:started"),
      render: ({ start_time }) => <Time value={start_time} />,
    },
    {
      key: "duration",
      label: t("common:duration"),
      render: ({ start_time, end_time, status }) =>
        isLive(status) || !end_time ? "–" : duration(Date.parse(end_time) - Date.parse(start_time)),
    },
  ];
}
