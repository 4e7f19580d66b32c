/** Choosing when something begins by itself: never, hourly, daily, weekly, or by six fields. Always in UTC. */

import {
  Flex,
  FlexItem,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  TextInput,
} from "@patternfly/react-core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { Time, useFormat } from "./format";
import {
  choiceOf,
  cronOf,
  isForeign,
  nextFirings,
  parseCron,
  problemOf,
  type ScheduleType,
} from "./schedule";

const MODES = ["None", "Hourly", "Daily", "Weekly", "Custom"] as const;

/** How many firings are shown ahead. */
const AHEAD = 3;

interface Props {
  label: string;
  /** Six fields, or empty for no schedule. */
  cron: string;
  change: (cron: string) => void;
  /** Whether there may be no schedule; it may unless told. */
  optional?: boolean;
  disabled?: boolean;
}

/** A text to choose when to run. It is good when `problemOf` has nothing to say of it. */
export function CronField({ label, cron, change, optional = true, disabled }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [mode, setMode] = useState<ScheduleType>(() => choiceOf(cron).mode);
  const known = choiceOf(cron);
  const choose = (next: ScheduleType) => {
    setMode(next);
    // What was chosen before is where one's own begins.
    change(cronOf({ ...known, mode: next }, cron.trim() || "0 0 2 * * *"));
  };
  const modes = MODES.filter((one) => optional || one !== "None");
  return (
    <FormGroup label={label} fieldId={id}>
      <Flex gap={{ default: "gapSm" }} alignItems={{ default: "alignItemsCenter" }}>
        <FlexItem>
          <FormSelect
            id={id}
            value={mode}
            isDisabled={disabled}
            onChange={(_, value) => choose(modes.find((one) => one === value) ?? mode)}
          >
            {modes.map((one) => (
              <FormSelectOption key={one} value={one} label={t(`cron.mode.${one}`)} />
            ))}
          </FormSelect>
        </FlexItem>
        <Details mode={mode} cron={cron} change={change} disabled={disabled} id={id} />
      </Flex>
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          <CronHelp cron={cron} custom={mode === "Custom"} />
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

/** What belongs to the choice: a day, a time, or the text itself. */
function Details({
  mode,
  cron,
  change,
  disabled,
  id,
}: Pick<Props, "cron" | "change" | "disabled"> & { mode: ScheduleType; id: string }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const choice = { ...choiceOf(cron), mode };
  if (mode === "Custom") {
    return (
      <FlexItem>
        <TextInput
          aria-label={t("cron.text")}
          aria-describedby={`${id}-help`}
          value={cron.trimStart()}
          isDisabled={disabled}
          validated={problemOf(cron) ? "error" : "default"}
          // Nothing would be no schedule, which is another choice.
          onChange={(_, value) => change(value || " ")}
          style={{ fontFamily: "var(--pf-t--global--font--family--mono)" }}
        />
      </FlexItem>
    );
  }
  if (mode !== "Daily" && mode !== "Weekly") return null;
  // The first of February 2026 is a Sunday.
  const day = (number: number) =>
    new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(
      Date.UTC(2026, 1, 1 + number),
    );
  return (
    <>
      {mode === "Weekly" && (
        <FlexItem>
          <FormSelect
            aria-label={t("cron.weekday")}
            value={choice.weekday}
            isDisabled={disabled}
            onChange={(_, value) => change(cronOf({ ...choice, weekday: Number(value) }, cron))}
          >
            {[1, 2, 3, 4, 5, 6, 0].map((number) => (
              <FormSelectOption key={number} value={number} label={day(number)} />
            ))}
          </FormSelect>
        </FlexItem>
      )}
      <FlexItem>
        <TextInput
          aria-label={t("cron.time")}
          type="time"
          value={choice.time}
          isDisabled={disabled}
          onChange={(_, time) => change(cronOf({ ...choice, time }, cron))}
        />
      </FlexItem>
      <span>UTC</span>
    </>
  );
}

/** What is wrong with a schedule, or when it fires next. */
function CronHelp({ cron, custom }: { cron: string; custom: boolean }) {
  const { t } = useTranslation();
  const problem = problemOf(cron);
  return (
    <>
      {custom && <HelperTextItem>{t("cron.fields")}</HelperTextItem>}
      {problem ? (
        <HelperTextItem variant="error">{t(`cron.problem.${problem}`)}</HelperTextItem>
      ) : (
        <HelperTextItem>
          {isForeign(cron) ? t("cron.foreign") : <Firings cron={cron} introduced />}
        </HelperTextItem>
      )}
    </>
  );
}

/**
 * The next times that a schedule fires, in UTC, and the first as the reader's clock shows it. `introduced`
 * says what they are, where nothing before them does.
 */
export function Firings({ cron, introduced }: { cron: string; introduced?: boolean }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const parsed = parseCron(cron);
  if (!parsed) return <>{t("cron.never")}</>;
  const moments = nextFirings(parsed, new Date(), AHEAD);
  const [first] = moments;
  if (!first) return <>{t("cron.never")}</>;
  const shape = {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  const inUtc = new Intl.DateTimeFormat(language, { ...shape, timeZone: "UTC", hourCycle: "h23" });
  const times = moments.map((moment) => inUtc.format(moment)).join(" · ");
  const here = new Intl.DateTimeFormat(language, { ...shape, timeZoneName: "short" });
  return (
    <>
      {introduced ? t("cron.next", { times }) : t("cron.inUtc", { times })}
      {first.getTimezoneOffset() !== 0 && <> {t("cron.here", { time: here.format(first) })}</>}
    </>
  );
}

/** The next time that a schedule fires, as the reader prefers times. */
export function NextTime({ cron }: { cron: string }) {
  const parsed = parseCron(cron);
  const [next] = parsed ? nextFirings(parsed, new Date(), 1) : [];
  return <Time value={next?.toISOString()} />;
}

/** A schedule in words: "Daily at 03:00 UTC", or its six fields. */
export function CronText({ cron }: { cron: string }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const { mode, time, weekday } = choiceOf(cron);
  if (mode === "None") return <>{t("cron.mode.None")}</>;
  if (mode === "Hourly") return <>{t("cron.mode.Hourly")}</>;
  if (mode === "Daily") return <>{t("cron.daily", { time })}</>;
  if (mode === "Custom") return <code>{cron}</code>;
  const name = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  return <>{t("cron.weekly", { day: name.format(Date.UTC(2026, 1, 1 + weekday)), time })}</>;
}
