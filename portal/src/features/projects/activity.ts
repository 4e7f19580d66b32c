/** Pushes and pulls per day, of the newest entries of a log. */

import type { Page, Schemas } from "~/api/client";

type Entry = Pick<Schemas["AuditLogExt"], "op_time" | "operation_description">;

/** How many days the summary looks back, today included. */
export const DAYS = 14;

/** Midnight, in the reader's time, of the first of so many days that end today. */
export function firstDay(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1);
}

function nextDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
}

/** How often an entry says that it happened: pulls at the same moment share one. */
export function timesOf({ operation_description: text }: Entry): number {
  return Number(/; (\d+) times$/.exec(text)?.[1] ?? 1);
}

export interface Day {
  day: Date;
  pushes: number;
  pulls: number;
}

export interface Activity {
  days: Day[];
  /** Whether the log had more entries than were read, so that earlier days are left out. */
  partial: boolean;
}

/** The first day of which all entries are there, where the log goes on before the oldest one. */
function complete({ items, total }: Page<Entry>, start: Date): Date {
  const oldest = items.at(-1);
  if (!oldest || total <= items.length) return start;
  const moment = new Date(oldest.op_time);
  const day = nextDay(new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()));
  return new Date(Math.max(day.getTime(), start.getTime()));
}

/** Counts per day. Days before the newest entries of either list are left out; today never is. */
export function perDay(pushes: Page<Entry>, pulls: Page<Entry>, now: Date): Activity {
  const start = firstDay(now, DAYS);
  const today = firstDay(now, 1);
  const wanted = Math.max(...[pushes, pulls].map((list) => complete(list, start).getTime()));
  const first = new Date(Math.min(wanted, today.getTime()));
  const days: Day[] = [];
  for (let day = first; day <= today; day = nextDay(day)) {
    const end = nextDay(day);
    const within = (list: Page<Entry>) =>
      list.items
        .filter(({ op_time }) => new Date(op_time) >= day && new Date(op_time) < end)
        .reduce((sum, entry) => sum + timesOf(entry), 0);
    days.push({ day, pushes: within(pushes), pulls: within(pulls) });
  }
  return { days, partial: wanted > start.getTime() };
}
