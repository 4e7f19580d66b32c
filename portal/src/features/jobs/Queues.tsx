/** What waits, by type; one queue or all can be paused, resumed and emptied. */

import { Button, Flex, Label, Stack, StackItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { ConfirmDialog } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { useKindName } from "./kinds";
import { LiveChart } from "./LiveChart";
import { actOnQueue, type Queue, type QueueAction, queuesQuery, SCHEDULER } from "./queries";
import { busiest, useSamples } from "./samples";

const ALL = "all";

/** As many lines as can be told apart. */
const MOST_LINES = 6;

export function Queues() {
  const { data: queues, dataUpdatedAt, error, refetch } = useQuery(queuesQuery);
  const { t } = useTranslation("jobs");
  const name = useKindName();
  const queries = useQueryClient();
  const notify = useNotify();
  const [stopping, setStopping] = useState<string | null>(null);
  const samples = useSamples(
    dataUpdatedAt,
    queues && Object.fromEntries(queues.map(({ job_type, count }) => [job_type, count])),
  );
  const lines = useMemo(
    () => busiest(samples, MOST_LINES).map((key) => ({ key, label: name(key) })),
    [samples, name],
  );
  if (error && !queues) return <Failed error={error} retry={refetch} />;
  if (!queues) return <Loading />;
  const act = async (kind: string, action: QueueAction) => {
    try {
      await actOnQueue(kind, action);
      notify.success(t(`done.${action}`));
    } catch (failure) {
      notify.failure(failure);
    }
    queries.invalidateQueries({ queryKey: ["jobs"] });
    queries.invalidateQueries({ queryKey: ["schedules"] });
  };
  return (
    <Stack hasGutter>
      <StackItem>
        <LiveChart title={t("waitingChart")} samples={samples} lines={lines} legend />
      </StackItem>
      <StackItem>
        <AllButtons queues={queues} act={act} stop={() => setStopping(ALL)} />
        <QueueTable queues={queues} act={act} stop={setStopping} />
      </StackItem>
      {stopping && (
        <ConfirmDialog
          title={t(stopping === ALL ? "stop.titleAll" : "stop.title", { kind: name(stopping) })}
          confirm={t("stop.confirm")}
          close={() => setStopping(null)}
          action={async () => {
            await actOnQueue(stopping, "stop");
            queries.invalidateQueries({ queryKey: ["jobs"] });
            notify.success(t("done.stop"));
          }}
        >
          {t("stop.text")}
        </ConfirmDialog>
      )}
    </Stack>
  );
}

interface Acts {
  queues: Queue[];
  act: (kind: string, action: QueueAction) => void;
}

function AllButtons({ queues, act, stop }: Acts & { stop: () => void }) {
  const { t } = useTranslation("jobs");
  return (
    <Flex gap={{ default: "gapSm" }}>
      <Button
        variant="secondary"
        isDisabled={queues.every(({ paused }) => paused)}
        onClick={() => act(ALL, "pause")}
      >
        {t("pauseAll")}
      </Button>
      <Button
        variant="secondary"
        isDisabled={!queues.some(({ paused }) => paused)}
        onClick={() => act(ALL, "resume")}
      >
        {t("resumeAll")}
      </Button>
      <Button variant="secondary" isDanger isDisabled={!queues.some(({ count }) => count > 0)} onClick={stop}>
        {t("emptyAll")}
      </Button>
    </Flex>
  );
}

function QueueTable({ queues, act, stop }: Acts & { stop: (kind: string) => void }) {
  const { t } = useTranslation(["jobs", "common"]);
  const { compact } = usePreferences();
  const { number, duration } = useFormat();
  const name = useKindName();
  // The most that waits first; what waits for nothing by its name.
  const rows = queues.toSorted(
    (a, b) => b.count - a.count || name(a.job_type).localeCompare(name(b.job_type)),
  );
  return (
    <Table aria-label={t("tab.queues")} variant={compact ? "compact" : undefined} className="minato-gap">
      <Thead>
        <Tr>
          <Th width={35}>{t("type")}</Th>
          <Th>{t("waiting")}</Th>
          <Th>{t("latency")}</Th>
          <Th>{t("common:state")}</Th>
          <Th screenReaderText={t("common:table.actions")} />
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((queue) => (
          <Tr key={queue.job_type}>
            <Td dataLabel={t("type")}>
              <span title={queue.job_type}>{name(queue.job_type)}</span>
            </Td>
            <Td dataLabel={t("waiting")}>{number(queue.count)}</Td>
            <Td dataLabel={t("latency")}>{queue.count > 0 ? duration(queue.latency * 1000) : "–"}</Td>
            <Td dataLabel={t("common:state")}>
              <QueueState queue={queue} />
            </Td>
            <Td modifier="nowrap">
              <QueueButtons queue={queue} act={act} stop={stop} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function QueueState({ queue: { paused, job_type } }: { queue: Queue }) {
  const { t } = useTranslation("jobs");
  return (
    <Label isCompact color={paused ? "yellow" : "green"}>
      {t(!paused ? "open" : job_type === SCHEDULER ? "pausedScheduler" : "paused")}
    </Label>
  );
}

function QueueButtons({
  queue: { job_type, paused, count },
  act,
  stop,
}: Pick<Acts, "act"> & { queue: Queue; stop: (kind: string) => void }) {
  const { t } = useTranslation("jobs");
  const kind = useKindName()(job_type);
  return (
    <Flex gap={{ default: "gapMd" }} flexWrap={{ default: "nowrap" }}>
      <Button
        variant="link"
        isInline
        aria-label={t(paused ? "resumeOf" : "pauseOf", { kind })}
        onClick={() => act(job_type, paused ? "resume" : "pause")}
      >
        {t(paused ? "resume" : "pause")}
      </Button>
      {count > 0 && (
        <Button
          variant="link"
          isInline
          isDanger
          aria-label={t("emptyOf", { kind })}
          onClick={() => stop(job_type)}
        >
          {t("stop.confirm")}
        </Button>
      )}
    </Flex>
  );
}
