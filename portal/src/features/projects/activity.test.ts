import { describe, expect, it } from "vitest";
import { DAYS, firstDay, perDay, timesOf } from "./activity";

const now = new Date(2026, 10, 26, 16, 30);
const at = (daysAgo: number, hour = 12, text = "pull artifact: a/b:1") => ({
  op_time: new Date(2026, 10, 26 - daysAgo, hour).toISOString(),
  operation_description: text,
});
const page = (items: ReturnType<typeof at>[], total = items.length) => ({ items, total });

describe("perDay", () => {
  it("counts each of two weeks", () => {
    const { days, partial } = perDay(page([at(0), at(0, 1), at(13, 0)]), page([at(1)]), now);
    expect(partial).toBe(false);
    expect(days).toHaveLength(DAYS);
    expect(days[0]).toEqual({ day: firstDay(now, DAYS), pushes: 1, pulls: 0 });
    expect(days.at(-2)).toMatchObject({ pushes: 0, pulls: 1 });
    expect(days.at(-1)).toMatchObject({ pushes: 2, pulls: 0 });
  });

  it("leaves out the days that it does not know all of", () => {
    const { days, partial } = perDay(page([at(0)]), page([at(0), at(2), at(3)], 500), now);
    expect(partial).toBe(true);
    expect(days.map(({ pulls }) => pulls)).toEqual([1, 0, 1].reverse());
  });

  it("shows today even where the log has more of it", () => {
    const { days, partial } = perDay(page([]), page([at(0, 15), at(0, 14)], 500), now);
    expect(partial).toBe(true);
    expect(days).toEqual([{ day: firstDay(now, 1), pushes: 0, pulls: 2 }]);
  });

  it("counts the pulls that share an entry", () => {
    expect(timesOf(at(0, 1, "pull artifact: a/b:1; 12 times"))).toBe(12);
    expect(timesOf(at(0))).toBe(1);
  });
});
