import { act as acting, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { allOf, useAllOf } from "./bulk";

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

it("tries again only what was refused", async () => {
  const { result } = renderHook(() => useAllOf(["a", "b", "c"]));
  const remove = vi.fn(async (item: string) => {
    if (item === "b") throw new Error("refused");
  });
  const settled = vi.fn();
  await acting(() => expect(result.current.run(remove, settled)).rejects.toThrow("refused"));
  expect(settled).toHaveBeenLastCalledWith(["a", "c"], ["b"]);
  expect(result.current.left).toEqual(["b"]);
  remove.mockClear();
  remove.mockImplementation(async () => {});
  await acting(() => result.current.run(remove, settled));
  expect(remove.mock.calls.map(([item]) => item)).toEqual(["b"]);
  expect(settled).toHaveBeenLastCalledWith(["b"], []);
});
