/** Schedules as the server takes them: six fields, the second first, in UTC. What they mean, and when they fire. */

/** What a schedule's `type` is in the API, `None` for no schedule. */
export type ScheduleType = "None" | "Hourly" | "Daily" | "Weekly" | "Custom";

export interface ScheduleValue {
  type: ScheduleType;
  cron: string;
}

/** The schedules that the API has names for. */
export const PRESETS = {
  Hourly: "0 0 * * * *",
  Daily: "0 0 0 * * *",
  Weekly: "0 0 0 * * 0",
} as const;

/** The values of the fields at which a schedule fires. */
export interface Cron {
  seconds: Set<number>;
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  /** Both kinds of day are restricted: either will do. */
  either: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

function numberOf(text: string, names: string[], first: number): number {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + first;
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}

/** The numbers of a field, or null where it is none. */
function field(text: string, low: number, high: number, names: string[] = []): Set<number> | null {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step, ...more] = part.split("/");
    const every = step === undefined ? 1 : Number(step);
    if (more.length > 0 || !Number.isInteger(every) || every < 1) return null;
    const [from = "", to, ...rest] = range.split("-");
    const isAny = range === "*" || range === "?";
    const start = isAny ? low : numberOf(from, names, low);
    const single = step === undefined ? start : high;
    const end = isAny ? high : to === undefined ? single : numberOf(to, names, low);
    if (rest.length > 0 || !(start >= low && end <= high && start <= end)) return null;
    for (let value = start; value <= end; value += every) found.add(value);
  }
  return found;
}

const isAny = (text: string) => text === "*" || text === "?";

/** What a schedule's text says, or null where it says nothing that we understand. */
export function parseCron(text: string): Cron | null {
  const parts = text.trim().split(/\s+/);
  const [second = "", minute = "", hour = "", day = "", month = "", weekday = ""] = parts;
  const seconds = field(second, 0, 59);
  const minutes = field(minute, 0, 59);
  const hours = field(hour, 0, 23);
  const days = field(day, 1, 31);
  const months = field(month, 1, 12, MONTHS);
  const week = field(weekday, 0, 7, WEEKDAYS);
  if (parts.length !== 6 || !seconds || !minutes || !hours || !days || !months || !week) return null;
  const weekdays = new Set([...week].map((number) => number % 7));
  return { seconds, minutes, hours, days, months, weekdays, either: !isAny(day) && !isAny(weekday) };
}

function isDay(cron: Cron, day: Date): boolean {
  if (!cron.months.has(day.getUTCMonth() + 1)) return false;
  const byDay = cron.days.has(day.getUTCDate());
  const byWeekday = cron.weekdays.has(day.getUTCDay());
  return cron.either ? byDay || byWeekday : byDay && byWeekday;
}

/** For how many days a schedule is looked ahead: 29 February may be eight years away. */
const FAR = 366 * 9;
const DAY = 86_400_000;

const sorted = (numbers: Set<number>) => [...numbers].sort((a, b) => a - b);

/** The first moments after `now` at which a schedule fires; none for a day that never comes. */
export function nextFirings(cron: Cron, now: Date, count: number): Date[] {
  const found: Date[] = [];
  const [hours, minutes, seconds] = [sorted(cron.hours), sorted(cron.minutes), sorted(cron.seconds)];
  const today = Math.floor(now.getTime() / DAY) * DAY;
  for (let days = 0; days < FAR; days += 1) {
    const day = today + days * DAY;
    if (!isDay(cron, new Date(day))) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        for (const second of seconds) {
          const moment = day + ((hour * 60 + minute) * 60 + second) * 1000;
          if (moment > now.getTime()) found.push(new Date(moment));
          if (found.length === count) return found;
        }
      }
    }
  }
  return found;
}

/** A schedule as people choose it. `time` is `HH:MM` in UTC, `weekday` 0 for Sunday. */
export interface Choice {
  mode: ScheduleType;
  time: string;
  weekday: number;
}

const two = (text: string) => text.padStart(2, "0");

/** Which choice a schedule's text is: daily and weekly at a time of day, or something of its own. */
export function choiceOf(cron: string): Choice {
  const text = cron.trim().replace(/\s+/g, " ");
  const plain: Choice = { mode: "Custom", time: "00:00", weekday: 0 };
  if (!text) return { ...plain, mode: "None" };
  if (text === PRESETS.Hourly) return { ...plain, mode: "Hourly" };
  const match = /^0 (\d{1,2}) (\d{1,2}) \* \* (\*|[0-6])$/.exec(text);
  const [, minute = "", hour = "", weekday = ""] = match ?? [];
  if (!match || Number(minute) > 59 || Number(hour) > 23) return plain;
  const time = `${two(hour)}:${two(minute)}`;
  return weekday === "*"
    ? { mode: "Daily", time, weekday: 0 }
    : { mode: "Weekly", time, weekday: Number(weekday) };
}

/** The text of a choice; that of `Custom` is the reader's own. */
export function cronOf({ mode, time, weekday }: Choice, custom: string): string {
  const [hour, minute] = time.split(":").map(Number);
  const clock = `0 ${minute || 0} ${hour || 0} * *`;
  if (mode === "None") return "";
  if (mode === "Hourly") return PRESETS.Hourly;
  if (mode === "Daily") return `${clock} *`;
  if (mode === "Weekly") return `${clock} ${weekday}`;
  return custom;
}

/** A text with the name that the API has for it. */
export function scheduleOf(cron: string): ScheduleValue {
  const text = cron.trim();
  if (!text) return { type: "None", cron: "" };
  const preset = (["Hourly", "Daily", "Weekly"] as const).find((name) => PRESETS[name] === text);
  return { type: preset ?? "Custom", cron: text };
}

export type CronProblem = "fields" | "second" | "never" | null;

/**
 * What is wrong with a schedule. Nothing at all is no schedule, and spaces are one that is still to be
 * written. Of some forms (`L`, `W`, `#`) only the server can tell.
 */
export function problemOf(cron: string): CronProblem {
  if (!cron) return null;
  const text = cron.trim();
  const parts = text.split(/\s+/);
  if (parts.length !== 6) return "fields";
  if (parts[0] !== "0") return "second";
  const parsed = parseCron(text);
  if (!parsed) return isForeign(text) ? null : "fields";
  return nextFirings(parsed, new Date(), 1).length ? null : "never";
}

/** Whether a schedule uses forms that can't be shown ahead here. */
export function isForeign(cron: string): boolean {
  return /(?:^|[\s\d,-])(?:L|\d*W)(?:$|[\s,-])|\d[L#]/i.test(cron);
}
