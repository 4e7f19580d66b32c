import { expect, it } from "vitest";
import { allOf } from "./bulk";

it("does the rest when one is refused, and says which", async () => {
  const done: number[] = [];
  let told: [number[], number[]] | undefined;
  const act = async (item: number) => {
    if (item === 2) throw new Error("refused");
    done.push(item);
  };
  await expect(
    allOf([1, 2, 3, 4, 5, 6], act, (gone, left) => {
      told = [gone, left];
    }),
  ).rejects.toThrow("refused");
  expect(done).toEqual([1, 3, 4, 5, 6]);
  expect(told).toEqual([[1, 3, 4, 5, 6], [2]]);
});
