/** When runs begin by themselves, and with which options. */

import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  DescriptionList,
  Flex,
  Label,
} from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CronText, Firings } from "~/ui/Cron";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { Fact } from "./LatestCard";
import { Asked } from "./Outcome";
import { callsOf, type Run } from "./queries";
import { RunDialog } from "./RunDialog";
import { type Kind, optionsOf, read } from "./run";

export function ScheduleCard({
  kind,
  schedule,
}: {
  kind: Kind;
  schedule: { data: Run | undefined; error: unknown; refetch: () => unknown };
}) {
  const { t } = useTranslation(["cleanup", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [editing, setEditing] = useState(false);
  const cron = schedule.data?.schedule?.cron ?? "";
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("schedule")}</CardTitle>
      <CardBody>
        {schedule.error && !schedule.data ? (
          <Failed error={schedule.error} retry={() => schedule.refetch()} />
        ) : !schedule.data ? (
          <Loading />
        ) : cron ? (
          <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "9rem" }}>
            <Fact term={t("when")}>
              <CronText cron={cron} />
            </Fact>
            <Fact term={t("next")}>
              <Firings cron={cron} />
            </Fact>
            <Parameters kind={kind} parameters={schedule.data.job_parameters} />
          </DescriptionList>
        ) : (
          <p className="minato-quiet">{t(`unscheduled.${kind}`)}</p>
        )}
      </CardBody>
      <CardFooter>
        <Button variant="secondary" isDisabled={!schedule.data} onClick={() => setEditing(true)}>
          {t(cron ? "changeSchedule" : "makeSchedule")}
        </Button>
      </CardFooter>
      {editing && (
        <RunDialog
          kind={kind}
          cron={cron}
          parameters={schedule.data?.job_parameters}
          close={() => setEditing(false)}
          send={async (body) => {
            await callsOf(kind).put(body);
            queries.invalidateQueries({ queryKey: ["cleanup", kind, "schedule"] });
            queries.invalidateQueries({ queryKey: ["schedules"] });
            notify.success(t("scheduleSaved"));
          }}
        />
      )}
    </Card>
  );
}

function Parameters({ kind, parameters }: { kind: Kind; parameters: string | undefined }) {
  const { t } = useTranslation("cleanup");
  const { number } = useFormat();
  const told = read(parameters);
  const { keep, keepUnit } = optionsOf(kind, parameters);
  return (
    <Fact term={t("options")}>
      <Flex gap={{ default: "gapSm" }}>
        <Asked kind={kind} told={told} />
        {kind === "purgeaudit" && (
          <Label isCompact variant="outline">
            {t(`keeps.${keepUnit}`, { count: keep })}
          </Label>
        )}
        {kind === "gc" && (
          <Label isCompact variant="outline">
            {t("workers", { count: told.workers })}
          </Label>
        )}
        {kind === "scrub" && (
          <Label isCompact variant="outline">
            {t("rate", { rate: number(told.rate) })}
          </Label>
        )}
        {kind === "fsck" && !told.repair && (
          <Label isCompact variant="outline">
            {t("asked.noRepair")}
          </Label>
        )}
      </Flex>
    </Fact>
  );
}
