import { describe, expect, it } from "vitest";
import { beginnings, inSteps } from "./throughput";

const NOW = new Date(2026, 10, 26, 10, 20);
const at = (day: number, hour: number) => new Date(2026, 10, day, hour);
const count = (moment: Date, outcome: string, count: number) => ({
  time: moment.toISOString(),
  job_type: "WEBHOOK",
  outcome,
  count,
});

describe("steps of a chart of jobs", () => {
  it("end with the present one", () => {
    expect(beginnings(3, 1, NOW)).toEqual([at(26, 8), at(26, 9), at(26, 10)]);
  });

  it("begin at midnight and at parts of a day, as the reader's clock has them", () => {
    expect(beginnings(3, 24, NOW)).toEqual([at(24, 0), at(25, 0), at(26, 0)]);
    expect(beginnings(3, 6, NOW)).toEqual([at(25, 18), at(26, 0), at(26, 6)]);
  });

  it("have what ended in them, of all types, and are there where nothing did", () => {
    const counts = [
      count(at(26, 10), "success", 3),
      count(at(26, 8), "fail", 1),
      count(at(26, 8), "stop", 2),
    ];
    const steps = inSteps([...counts, count(at(26, 10), "success", 4)], beginnings(3, 1, NOW));
    expect(steps.map(({ success, fail, stop }) => [success, fail, stop])).toEqual([
      [0, 1, 2],
      [0, 0, 0],
      [7, 0, 0],
    ]);
  });

  it("have nothing that is older, or that they have no word for", () => {
    const counts = [count(at(26, 7), "success", 3), count(at(26, 10), "lost", 2)];
    const steps = inSteps(counts, beginnings(3, 1, NOW));
    expect(steps.every(({ success, fail, stop }) => success + fail + stop === 0)).toBe(true);
  });
});
