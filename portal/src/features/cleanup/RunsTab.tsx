/** One kind of runs: how it stands, its schedule, and its history. */

import { Content, Grid, GridItem, Stack, StackItem } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { createdId } from "~/api/client";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { isLive } from "~/ui/Status";
import { History } from "./History";
import { LatestCard } from "./LatestCard";
import { callsOf, type Run, runsQuery, scheduleQuery } from "./queries";
import { RunDetails } from "./RunDetails";
import { RunDialog } from "./RunDialog";
import type { Kind } from "./run";
import { ScheduleCard } from "./ScheduleCard";

const NO_FILTERS: [] = [];

/** The run that stands at the top of the page, wherever in its history the reader is. */
const LATEST = { page: 1, page_size: 1 };

export function RunsTab({ kind, extra, children }: { kind: Kind; extra?: ReactNode; children?: ReactNode }) {
  const { t } = useTranslation("cleanup");
  const queries = useQueryClient();
  const notify = useNotify();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<number | null>(null);
  const state = useListState(NO_FILTERS);
  const latest = useQuery(runsQuery(kind, LATEST));
  const list = useQuery(runsQuery(kind, state.query));
  const schedule = useQuery(scheduleQuery(kind));
  const stop = useStop(kind);
  const newest = latest.data?.items[0];
  const open = [newest, ...(list.data?.items ?? [])].find((run) => run?.id === shown);
  return (
    <Stack hasGutter>
      <StackItem>
        <Content component="p" className="minato-quiet">
          {t(`about.${kind}`)}
        </Content>
      </StackItem>
      <StackItem>
        <Grid hasGutter>
          <GridItem lg={6}>
            <LatestCard
              kind={kind}
              runs={latest}
              begin={() => setAsking(true)}
              stop={stop}
              show={(run) => setShown(run.id ?? null)}
              extra={extra}
            />
          </GridItem>
          <GridItem lg={6}>
            <ScheduleCard kind={kind} schedule={schedule} />
          </GridItem>
        </Grid>
      </StackItem>
      <StackItem>
        <History kind={kind} list={list} state={state} stop={stop} show={(run) => setShown(run.id ?? null)} />
      </StackItem>
      {children && <StackItem>{children}</StackItem>}
      {asking && (
        <RunDialog
          kind={kind}
          parameters={schedule.data?.job_parameters}
          close={() => setAsking(false)}
          send={async (body) => {
            const id = await createdId(callsOf(kind).begin(body));
            await queries.invalidateQueries({ queryKey: ["cleanup", kind] });
            notify.success(t("begun"));
            if (id) setShown(id);
          }}
        />
      )}
      {open && (
        <RunDetails kind={kind} run={open} live={isLive(open.job_status)} close={() => setShown(null)} />
      )}
    </Stack>
  );
}

function useStop(kind: Kind) {
  const { t } = useTranslation("cleanup");
  const queries = useQueryClient();
  const notify = useNotify();
  return async (run: Run) => {
    try {
      await callsOf(kind).stop(run.id ?? 0);
      notify.success(t("stopped"));
    } catch (error) {
      notify.failure(error);
    }
    queries.invalidateQueries({ queryKey: ["cleanup", kind] });
  };
}
