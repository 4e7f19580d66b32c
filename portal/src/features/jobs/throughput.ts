/** Jobs that came to an end, added up for each bar of a chart. */

import type { Schemas } from "~/api/client";

/** How a job ends, in the API's words. */
export const ENDS = ["success", "fail", "stop"] as const;

export type Step = Record<(typeof ENDS)[number], number> & {
  /** When it begins, in milliseconds. */
  at: number;
};

/** When the last steps began, each so many hours long, in the reader's time; the present one is the last. */
export function beginnings(steps: number, length: number, now: Date): Date[] {
  const hour = Math.floor(now.getHours() / length) * length;
  return Array.from({ length: steps }, (_, index) => {
    const before = steps - 1 - index;
    return new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour - before * length);
  });
}

/** Adds up what ended in each step. What is older than all of them is left out. */
export function inSteps(counts: Schemas["JobThroughput"][], starts: Date[]): Step[] {
  const steps: Step[] = starts.map((at) => ({ at: at.getTime(), success: 0, fail: 0, stop: 0 }));
  for (const { time, outcome, count } of counts) {
    const at = Date.parse(time);
    const step = steps.findLast((one) => one.at <= at);
    const how = ENDS.find((one) => one === outcome);
    if (step && how) step[how] += count;
  }
  return steps;
}
