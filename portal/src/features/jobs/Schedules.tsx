/** What begins by itself, and when; all of it can be paused at once. */

import { Button } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CronText, NextTime } from "~/ui/Cron";
import { type Column, DataTable } from "~/ui/DataTable";
import { useAction } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Alert } from "~/ui/patternfly/Alert";
import { Empty } from "~/ui/states";
import { pageOf, useKindName } from "./kinds";
import {
  actOnQueue,
  pausedQuery,
  projectOfQuery,
  SCHEDULER,
  type ScheduledTask,
  schedulesQuery,
} from "./queries";

const NO_FILTERS: [] = [];

/** The type of what belongs to a project: it is its tags' retention. */
const RETENTION = "RETENTION";

export function Schedules() {
  const { t } = useTranslation("jobs");
  const queries = useQueryClient();
  const notify = useNotify();
  const name = useKindName();
  const state = useListState(NO_FILTERS);
  const list = useQuery(schedulesQuery(state));
  const paused = useQuery(pausedQuery).data?.paused;
  const { run, busy } = useAction(async (action: "pause" | "resume") => {
    try {
      await actOnQueue(SCHEDULER, action);
      notify.success(t(action === "pause" ? "schedulesPaused" : "schedulesResumed"));
    } catch (error) {
      notify.failure(error);
    }
    await queries.invalidateQueries({ queryKey: ["schedules"] });
    queries.invalidateQueries({ queryKey: ["jobs"] });
  });
  const button = paused !== undefined && (
    <Button
      variant={paused ? "primary" : "secondary"}
      isDisabled={busy}
      onClick={() => run(paused ? "resume" : "pause")}
    >
      {t(paused ? "resumeSchedules" : "pauseSchedules")}
    </Button>
  );
  return (
    <>
      {paused && (
        <Alert isInline variant="warning" title={t("arePaused")}>
          {t("arePausedText")}
        </Alert>
      )}
      <DataTable
        id="schedules"
        label={t("tab.schedules")}
        columns={useColumns()}
        list={list}
        state={state}
        rowKey={({ id }) => id}
        rowName={({ vendor_type }) => name(vendor_type)}
        toolbar={button}
        empty={<Empty title={t("noSchedules")}>{t("noSchedulesText")}</Empty>}
      />
    </>
  );
}

function useColumns(): Column<ScheduledTask>[] {
  const { t } = useTranslation(["jobs", "common"]);
  const name = useKindName();
  return [
    {
      key: "type",
      label: t("type"),
      width: 25,
      render: ({ vendor_type }) => {
        const page = pageOf(vendor_type);
        if (!page) return <span title={vendor_type}>{name(vendor_type)}</span>;
        return (
          <Link to={page.to} search={page.tab ? { tab: page.tab } : {}}>
            {name(vendor_type)}
          </Link>
        );
      },
    },
    {
      key: "vendor",
      label: t("vendor"),
      modifier: "breakWord",
      render: ({ vendor_type, vendor_id }) =>
        vendor_id === 0 ? (
          t("system")
        ) : vendor_type === RETENTION ? (
          <ProjectOf policy={vendor_id} />
        ) : (
          t("policy", { id: vendor_id })
        ),
    },
    { key: "cron", label: t("when"), modifier: "nowrap", render: ({ cron }) => <CronText cron={cron} /> },
    { key: "next", label: t("next"), modifier: "nowrap", render: ({ cron }) => <NextTime cron={cron} /> },
    {
      key: "updated",
      label: t("common:updated"),
      modifier: "nowrap",
      render: ({ update_time }) => <Time value={update_time} />,
    },
  ];
}

/** The project whose retention it is; the policy's number until that is known. */
function ProjectOf({ policy }: { policy: number }) {
  const { t } = useTranslation("jobs");
  const { data: project } = useQuery(projectOfQuery(policy));
  if (!project) return t("policy", { id: policy });
  return (
    <Link to="/projects/$project/retention" params={{ project }}>
      {project}
    </Link>
  );
}
