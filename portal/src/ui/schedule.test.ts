import { describe, expect, it } from "vitest";
import { choiceOf, cronOf, nextFirings, parseCron, problemOf, scheduleOf } from "./schedule";

function next(text: string, now: string, count = 1): string[] {
  const cron = parseCron(text);
  if (!cron) throw new Error(`${text} is no schedule`);
  return nextFirings(cron, new Date(now), count).map((moment) => moment.toISOString().slice(0, 19));
}

describe("nextFirings", () => {
  it.each([
    ["0 0 * * * *", "2026-11-25T03:17:00Z", "2026-11-25T04:00:00"],
    ["0 0 0 * * *", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00"],
    ["0 0 0 * * 0", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00"],
    ["0 0 0 * * 7", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00"],
    ["0 0 0 * * SUN", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00"],
    ["*/10 * * * * *", "2026-11-25T00:00:01Z", "2026-11-25T00:00:10"],
    ["0 30 1-3 1,15 * *", "2026-11-25T00:00:00Z", "2026-12-01T01:30:00"],
    ["0 0 12 ? * 1-5", "2026-11-27T13:00:00Z", "2026-11-30T12:00:00"],
    ["0 0 0 13 * 5", "2026-11-25T00:00:00Z", "2026-11-27T00:00:00"],
    ["0 0 0 29 2 *", "2026-11-25T00:00:00Z", "2028-02-29T00:00:00"],
    ["0 0 6 * jan-feb *", "2026-11-25T00:00:00Z", "2027-01-01T06:00:00"],
  ])("fires by %s after %s at %s, as the server does", (cron, now, at) => {
    expect(next(cron, now)).toEqual([at]);
  });

  it("tells several in their order", () => {
    expect(next("0 0 5/9 * * *", "2026-11-25T06:00:00Z", 3)).toEqual([
      "2026-11-25T14:00:00",
      "2026-11-25T23:00:00",
      "2026-11-26T05:00:00",
    ]);
  });
});

describe("problemOf", () => {
  it.each([
    ["0 0 3 * * *", null],
    ["", null],
    ["0 0 3 * *", "fields"],
    ["0 61 3 * * *", "fields"],
    ["a b c d e f", "second"],
    ["0 b 3 * * *", "fields"],
    ["*/5 0 3 * * *", "second"],
    ["0 0 0 30 2 *", "never"],
    ["0 0 0 L * *", null],
    ["0 0 0 * * 5#2", null],
  ])("of %s is %s", (cron, problem) => {
    expect(problemOf(cron)).toBe(problem);
  });
});

describe("choices", () => {
  it.each([
    ["0 0 * * * *", "Hourly", "00:00", 0],
    ["0 0 0 * * *", "Daily", "00:00", 0],
    ["0 30 3 * * *", "Daily", "03:30", 0],
    ["0 5 23 * * 2", "Weekly", "23:05", 2],
  ] as const)("%s is %s", (cron, mode, time, weekday) => {
    expect(choiceOf(cron)).toEqual({ mode, time, weekday });
    expect(cronOf({ mode, time, weekday }, "")).toBe(cron);
  });

  it("leaves what is of its own", () => {
    expect(choiceOf("0 0 3 1 * *").mode).toBe("Custom");
    expect(choiceOf("0 0 25 * * *").mode).toBe("Custom");
    expect(choiceOf("").mode).toBe("None");
    expect(cronOf({ mode: "Custom", time: "01:00", weekday: 0 }, "0 0 3 1 * *")).toBe("0 0 3 1 * *");
  });

  it("names only what the API has a name for", () => {
    expect(scheduleOf("0 0 0 * * *")).toEqual({ type: "Daily", cron: "0 0 0 * * *" });
    expect(scheduleOf("0 30 3 * * *")).toEqual({ type: "Custom", cron: "0 30 3 * * *" });
    expect(scheduleOf(" ")).toEqual({ type: "None", cron: "" });
  });
});
