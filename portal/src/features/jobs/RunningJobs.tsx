/** The jobs that run now. */

import { Button, Flex, Progress } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { usePreferences } from "~/app/preferences";
import { Time } from "~/ui/format";
import { useKindName } from "./kinds";
import type { Worker } from "./queries";

interface Props {
  workers: Worker[];
  showLog: (worker: Worker) => void;
  stop: (worker: Worker) => void;
}

export function RunningJobs({ workers, showLog, stop }: Props) {
  const { t } = useTranslation(["jobs", "common"]);
  const { compact } = usePreferences();
  return (
    <Table aria-label={t("running")} variant={compact ? "compact" : undefined} className="minato-gap">
      <Thead>
        <Tr>
          <Th width={30}>{t("type")}</Th>
          <Th>{t("job")}</Th>
          <Th width={25}>{t("progress")}</Th>
          <Th>{t("common:started")}</Th>
          <Th>{t("heard")}</Th>
          <Th screenReaderText={t("common:table.actions")} />
        </Tr>
      </Thead>
      <Tbody>
        {workers.map((worker) => (
          <Job key={worker.id} worker={worker} showLog={showLog} stop={stop} />
        ))}
        {workers.length === 0 && (
          <Tr>
            <Td colSpan={6} className="minato-quiet">
              {t("nothingRuns")}
            </Td>
          </Tr>
        )}
      </Tbody>
    </Table>
  );
}

function Job({ worker, showLog, stop }: Omit<Props, "workers"> & { worker: Worker }) {
  const { t } = useTranslation(["jobs", "common"]);
  const job = { kind: useKindName()(worker.job_name ?? ""), id: worker.job_id };
  return (
    <Tr>
      <Td dataLabel={t("type")}>{job.kind}</Td>
      <Td dataLabel={t("job")}>{worker.job_id}</Td>
      <Td dataLabel={t("progress")}>
        <Advance told={worker.check_in} />
      </Td>
      <Td dataLabel={t("common:started")}>
        <Time value={worker.start_at} />
      </Td>
      <Td dataLabel={t("heard")}>
        <Time value={worker.checkin_at} />
      </Td>
      <Td modifier="nowrap">
        <Flex gap={{ default: "gapSm" }} flexWrap={{ default: "nowrap" }}>
          <Button variant="link" isInline aria-label={t("showLogOf", job)} onClick={() => showLog(worker)}>
            {t("common:log")}
          </Button>
          <Button
            variant="link"
            isInline
            isDanger
            aria-label={t("stopJob.of", job)}
            onClick={() => stop(worker)}
          >
            {t("stopJob.confirm")}
          </Button>
        </Flex>
      </Td>
    </Tr>
  );
}

const progress = z.object({ progress: z.object({ done: z.number(), total: z.number() }) });

/** How far a job says it is; many say nothing. */
function Advance({ told }: { told: string | null | undefined }) {
  const { t } = useTranslation("jobs");
  const known = progress.safeParse(parsed(told)).data?.progress;
  if (!known?.total) return "–";
  return <Progress size="sm" aria-label={t("progress")} value={(100 * known.done) / known.total} />;
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}
