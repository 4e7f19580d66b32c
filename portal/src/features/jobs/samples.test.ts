import { expect, it } from "vitest";
import { add, busiest, type Sample } from "./samples";

const sample = (at: number, values: Record<string, number>): Sample => ({ at, values });

it("forgets the oldest", () => {
  const samples = [1, 2, 3].reduce<Sample[]>((all, at) => add(all, sample(at, {}), 2), []);
  expect(samples.map(({ at }) => at)).toEqual([2, 3]);
});

it("shows what had something to do, the most first", () => {
  const samples = [sample(1, { WEBHOOK: 2, FSCK: 0 }), sample(2, { WEBHOOK: 0, IMAGE_SCAN: 7 })];
  expect(busiest(samples, 5)).toEqual(["IMAGE_SCAN", "WEBHOOK"]);
  expect(busiest(samples, 1)).toEqual(["IMAGE_SCAN"]);
});
