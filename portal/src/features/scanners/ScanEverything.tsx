/** Scanning all that is stored: now, and by schedule. */

import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  Flex,
  Grid,
  GridItem,
  Label,
  Progress,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { CronField, CronText, Firings } from "~/ui/Cron";
import { FormDialog, useAction } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { problemOf, scheduleOf } from "~/ui/schedule";
import { Empty, Failed, Loading } from "~/ui/states";
import { putScanSchedule, scanAll, scanAllQuery, scanScheduleQuery, stopScanAll } from "./queries";

export function ScanEverything() {
  const { t } = useTranslation("scanners");
  const stats = useQuery(scanAllQuery);
  const schedule = useQuery(scanScheduleQuery);
  const error = stats.error ?? schedule.error;
  if (error && !(stats.data && schedule.data))
    return <Failed error={error} retry={() => Promise.all([stats.refetch(), schedule.refetch()])} />;
  if (stats.data === undefined || schedule.data === undefined) return <Loading />;
  if (stats.data === null || schedule.data === null) {
    return (
      <Empty title={t("none")} actions={<Link to="/admin/scanners">{t("toScanners")}</Link>}>
        {t("noneText")}
      </Empty>
    );
  }
  return (
    <Grid hasGutter>
      <GridItem lg={6}>
        <Now stats={stats.data} />
      </GridItem>
      <GridItem lg={6}>
        <Later cron={schedule.data.schedule?.cron ?? ""} />
      </GridItem>
    </Grid>
  );
}

function Now({ stats }: { stats: Schemas["Stats"] }) {
  const { t } = useTranslation("scanners");
  const queries = useQueryClient();
  const notify = useNotify();
  const { run, busy } = useAction(async (stop: boolean) => {
    try {
      await (stop ? stopScanAll() : scanAll());
      notify.success(t(stop ? "all.stopped" : "all.begun"));
    } catch (error) {
      notify.failure(error);
    }
    await queries.invalidateQueries({ queryKey: ["scanners", "all"] });
  });
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("all.latest")}</CardTitle>
      <CardBody>
        {stats.trigger ? <Advance stats={stats} /> : <p className="minato-quiet">{t("all.never")}</p>}
      </CardBody>
      <CardFooter>
        <Flex gap={{ default: "gapSm" }}>
          <Button isDisabled={stats.ongoing || busy} onClick={() => run(false)}>
            {t("all.now")}
          </Button>
          {stats.ongoing && (
            <Button variant="secondary" isDanger isDisabled={busy} onClick={() => run(true)}>
              {t("all.stop")}
            </Button>
          )}
        </Flex>
      </CardFooter>
    </Card>
  );
}

/** The states of scans, in the order in which they come. */
const STATES = [
  ["Pending", "teal"],
  ["Running", "blue"],
  ["Success", "green"],
  ["Error", "red"],
  ["Stopped", "grey"],
] as const;

function Advance({ stats }: { stats: Schemas["Stats"] }) {
  const { t } = useTranslation(["scanners", "common"]);
  const { number } = useFormat();
  const { total, completed, ongoing, metrics = {}, trigger } = stats;
  return (
    <>
      <Progress
        title={t(ongoing ? "all.ongoing" : "all.over")}
        value={total > 0 ? (100 * completed) / total : ongoing ? 0 : 100}
        label={t("all.of", { completed: number(completed), total: number(total) })}
        variant={metrics.Error ? "warning" : ongoing ? undefined : "success"}
      />
      <Flex gap={{ default: "gapSm" }} className="minato-gap">
        {STATES.filter(([state]) => metrics[state]).map(([state, color]) => (
          <Label key={state} isCompact color={color}>
            {t(`common:status.${state}`)}: {number(metrics[state] ?? 0)}
          </Label>
        ))}
        <span className="minato-quiet">{t(trigger === "Schedule" ? "all.bySchedule" : "all.byHand")}</span>
      </Flex>
    </>
  );
}

function Later({ cron }: { cron: string }) {
  const { t } = useTranslation("scanners");
  const [editing, setEditing] = useState(false);
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("schedule.title")}</CardTitle>
      <CardBody>
        {cron ? (
          <>
            <p>
              <CronText cron={cron} />
            </p>
            <p className="minato-quiet">
              <Firings cron={cron} />
            </p>
          </>
        ) : (
          <p className="minato-quiet">{t("schedule.none")}</p>
        )}
      </CardBody>
      <CardFooter>
        <Button variant="secondary" onClick={() => setEditing(true)}>
          {t(cron ? "schedule.change" : "schedule.set")}
        </Button>
      </CardFooter>
      {editing && <ScheduleDialog cron={cron} close={() => setEditing(false)} />}
    </Card>
  );
}

function ScheduleDialog({ cron, close }: { cron: string; close: () => void }) {
  const { t } = useTranslation(["scanners", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const form = useForm({ defaultValues: { cron } });
  return (
    <FormDialog
      title={t("schedule.title")}
      description={t("schedule.text")}
      form={form}
      submit={t("common:save")}
      close={close}
      send={async (values) => {
        // What is wrong with it stands under the field.
        if (problemOf(values.cron)) throw new Error(t("schedule.wrong"));
        await putScanSchedule(scheduleOf(values.cron));
        queries.invalidateQueries({ queryKey: ["scanners", "all"] });
        queries.invalidateQueries({ queryKey: ["schedules"] });
        notify.success(t("schedule.saved"));
      }}
    >
      <CronField
        label={t("schedule.when")}
        cron={form.watch("cron")}
        change={(value) => form.setValue("cron", value)}
      />
    </FormDialog>
  );
}
