/** The processes that run jobs, and what each of their places does. */

import {
  Button,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
  Grid,
  GridItem,
  Stack,
  StackItem,
  Title,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time, useFormat } from "~/ui/format";
import { LogDialog } from "~/ui/LogDialog";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { useKindName } from "./kinds";
import { LiveChart } from "./LiveChart";
import { type Pool, poolsQuery, stopJob, type Worker, workersQuery } from "./queries";
import { RunningJobs } from "./RunningJobs";
import { useSamples } from "./samples";

const ALL = "all";

export function Workers() {
  const { t } = useTranslation("jobs");
  const pools = useQuery(poolsQuery);
  const workers = useQuery(workersQuery);
  const name = useKindName();
  const [log, setLog] = useState<Worker | null>(null);
  const [stopping, setStopping] = useState<Worker | typeof ALL | null>(null);
  const busy = useMemo(() => workers.data?.filter(({ job_id }) => job_id) ?? [], [workers.data]);
  const samples = useSamples(workers.dataUpdatedAt, workers.data && { busy: busy.length });
  const lines = useMemo(() => [{ key: "busy", label: t("busy") }], [t]);
  const error = pools.error ?? workers.error;
  if (error && !(pools.data && workers.data)) {
    return <Failed error={error} retry={() => Promise.all([pools.refetch(), workers.refetch()])} />;
  }
  if (!pools.data || !workers.data) return <Loading />;
  return (
    <Stack hasGutter>
      <StackItem>
        <LiveChart title={t("busyChart")} samples={samples} lines={lines} most={workers.data.length} />
      </StackItem>
      <StackItem>
        <Pools pools={pools.data} busy={busy} />
      </StackItem>
      <StackItem>
        <Flex justifyContent={{ default: "justifyContentSpaceBetween" }}>
          <Title headingLevel="h2" size="md">
            {t("running")}
          </Title>
          <Button
            variant="secondary"
            isDanger
            isDisabled={busy.length === 0}
            onClick={() => setStopping(ALL)}
          >
            {t("stopAllJobs")}
          </Button>
        </Flex>
        <RunningJobs workers={busy} showLog={setLog} stop={setStopping} />
      </StackItem>
      {log?.job_id && (
        <LogDialog
          title={t("logOf", { kind: name(log.job_name ?? ""), id: log.job_id })}
          path={`/jobservice/jobs/${log.job_id}/log`}
          live={busy.some(({ job_id }) => job_id === log.job_id)}
          close={() => setLog(null)}
        />
      )}
      {stopping && <StopJob job={stopping} close={() => setStopping(null)} />}
    </Stack>
  );
}

function StopJob({ job, close }: { job: Worker | typeof ALL; close: () => void }) {
  const { t } = useTranslation("jobs");
  const name = useKindName();
  const queries = useQueryClient();
  const notify = useNotify();
  const isAll = job === ALL;
  return (
    <ConfirmDialog
      title={isAll ? t("stopJob.titleAll") : t("stopJob.title", { kind: name(job.job_name ?? "") })}
      confirm={t("stopJob.confirm")}
      close={close}
      action={async () => {
        await stopJob(isAll ? ALL : (job.job_id ?? ""));
        queries.invalidateQueries({ queryKey: ["jobs"] });
        notify.success(t("stopJob.done"));
      }}
    >
      {t("stopJob.text")}
    </ConfirmDialog>
  );
}

function Pools({ pools, busy }: { pools: Pool[]; busy: Worker[] }) {
  const { t } = useTranslation(["jobs", "common"]);
  const { number } = useFormat();
  if (pools.length === 0) return <p className="minato-quiet">{t("noPools")}</p>;
  return (
    <Grid hasGutter>
      {pools.map((pool) => {
        const taken = busy.filter(({ pool_id }) => pool_id === pool.worker_pool_id).length;
        return (
          <GridItem key={pool.worker_pool_id} md={6} xl={4}>
            <Card isCompact isFullHeight>
              <CardTitle component="h2">{t("pool", { host: pool.host, pid: pool.pid })}</CardTitle>
              <CardBody>
                <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "8rem" }}>
                  <Fact term={t("places")}>
                    {t("placesOf", { busy: number(taken), free: number(pool.concurrency - taken) })}
                  </Fact>
                  <Fact term={t("common:started")}>
                    <Time value={pool.start_at} />
                  </Fact>
                  <Fact term={t("heartbeat")}>
                    <Time value={pool.heartbeat_at} />
                  </Fact>
                </DescriptionList>
              </CardBody>
            </Card>
          </GridItem>
        );
      })}
    </Grid>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
