/** The runs that were, the latest first. */

import { Button, Flex, Title } from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import type { Page } from "~/api/client";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time, useFormat } from "~/ui/format";
import type { ListState } from "~/ui/list-state";
import { isLive, Status } from "~/ui/Status";
import { Asked, Outcome } from "./Outcome";
import type { Run } from "./queries";
import { type Kind, read } from "./run";

export function History({
  kind,
  list,
  state,
  stop,
  show,
}: {
  kind: Kind;
  list: { data: Page<Run> | undefined; error: unknown; refetch: () => unknown; isPlaceholderData: boolean };
  state: ListState;
  stop: (run: Run) => void;
  show: (run: Run) => void;
}) {
  const { t } = useTranslation("cleanup");
  const actions = (run: Run): IAction[] => [
    { title: t("details"), onClick: () => show(run) },
    ...(isLive(run.job_status) ? [{ title: t("stop"), onClick: () => stop(run) }] : []),
  ];
  return (
    <>
      <Title headingLevel="h2" size="md">
        {t("history")}
      </Title>
      <DataTable
        id={`cleanup.${kind}`}
        label={t("history")}
        columns={useColumns(kind, show)}
        list={list}
        state={state}
        rowKey={({ id }) => id ?? 0}
        rowName={({ id }) => t("runName", { id })}
        actions={actions}
        empty={<p className="minato-quiet minato-gap">{t("noneYet")}</p>}
      />
    </>
  );
}

function useColumns(kind: Kind, show: (run: Run) => void): Column<Run>[] {
  const { t } = useTranslation(["cleanup", "common"]);
  const { duration } = useFormat();
  return [
    {
      key: "id",
      label: t("number"),
      sort: "id",
      modifier: "fitContent",
      render: (run) => (
        <Button variant="link" isInline onClick={() => show(run)}>
          {run.id}
        </Button>
      ),
    },
    {
      key: "state",
      label: t("common:state"),
      modifier: "nowrap",
      render: ({ job_status }) => <Status value={job_status ?? ""} />,
    },
    {
      key: "trigger",
      label: t("trigger"),
      modifier: "nowrap",
      render: ({ job_kind }) => t(job_kind === "SCHEDULE" ? "bySchedule" : "byHand"),
    },
    {
      key: "options",
      label: t("options"),
      render: ({ job_parameters }) => (
        <Flex gap={{ default: "gapSm" }}>
          <Asked kind={kind} told={read(job_parameters)} />
        </Flex>
      ),
    },
    {
      key: "result",
      label: t("result"),
      width: 35,
      render: ({ job_parameters, job_status }) => (
        <Outcome kind={kind} told={read(job_parameters)} status={job_status} />
      ),
    },
    {
      key: "started",
      label: t("common:started"),
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
    {
      key: "duration",
      label: t("common:duration"),
      modifier: "nowrap",
      render: (run) => duration(lasted(run)),
    },
  ];
}

/** For how long a run has gone on, in milliseconds. */
function lasted({ creation_time, update_time, job_status }: Run): number {
  const end = isLive(job_status) ? Date.now() : new Date(update_time ?? 0).getTime();
  return end - new Date(creation_time ?? 0).getTime();
}
