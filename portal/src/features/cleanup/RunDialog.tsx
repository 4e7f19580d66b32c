/** The dialog that begins a run, or sets its schedule where it gets one. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Schemas } from "~/api/client";
import { CronField } from "~/ui/Cron";
import { FormDialog } from "~/ui/dialogs";
import { problemOf, scheduleOf } from "~/ui/schedule";
import { OptionFields } from "./OptionFields";
import { type Kind, optionsOf, parametersOf } from "./run";

/** The most that the API takes. */
const MOST_HOURS = 240_000;
const MOST_WORKERS = 10;
const MOST_RATE = 100_000;

function useSchema(kind: Kind) {
  const { t } = useTranslation("cleanup");
  const whole = (most: number) =>
    z
      .number(t("field.number", { most }))
      .int(t("field.number", { most }))
      .min(1, t("field.number", { most }))
      .max(most, t("field.number", { most }));
  return z
    .object({
      cron: z.string().refine((cron) => problemOf(cron) === null),
      dryRun: z.boolean(),
      deleteUntagged: z.boolean(),
      workers: whole(MOST_WORKERS),
      repair: z.boolean(),
      rate: whole(MOST_RATE),
      keep: whole(MOST_HOURS),
      keepUnit: z.enum(["hours", "days"]),
      events: z.array(z.string()),
    })
    .refine(({ keep, keepUnit }) => keep * (keepUnit === "days" ? 24 : 1) <= MOST_HOURS, {
      path: ["keep"],
      error: t("field.keepRule"),
    })
    .refine(({ events }) => kind !== "purgeaudit" || events.length > 0, {
      path: ["events"],
      error: t("field.eventsRule"),
    });
}

export function RunDialog({
  kind,
  cron,
  parameters,
  send,
  close,
}: {
  kind: Kind;
  /** The schedule now; left out to begin a run. */
  cron?: string;
  /** The options of the schedule, with which one begins. */
  parameters: string | undefined;
  send: (body: Schemas["Schedule"]) => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation(["cleanup", "common"]);
  const isSchedule = cron !== undefined;
  const schema = useSchema(kind);
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      ...optionsOf(kind, parameters),
      // Who schedules wants it done, and who asks once may be asking what would be.
      ...(!isSchedule && { dryRun: false }),
      cron: cron ?? "",
    },
  });
  const [text, dryRun] = form.watch(["cron", "dryRun"]);
  const submit = isSchedule ? t("common:save") : t(dryRun ? "dryRunNow" : "runNow");
  return (
    <FormDialog
      wide
      title={t(isSchedule ? `scheduleTitle.${kind}` : `runTitle.${kind}`)}
      form={form}
      submit={submit}
      close={close}
      send={({ cron: chosen, ...options }) => {
        const schedule = isSchedule ? scheduleOf(chosen) : { type: "Manual" };
        return send({ schedule, parameters: parametersOf(kind, options) });
      }}
    >
      {isSchedule && (
        <CronField
          label={t("when")}
          cron={text}
          change={(value) => form.setValue("cron", value, { shouldDirty: true })}
        />
      )}
      {(!isSchedule || text) && <OptionFields kind={kind} events={form.getValues("events")} />}
    </FormDialog>
  );
}
