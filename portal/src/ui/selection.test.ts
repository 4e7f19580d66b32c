import { expect, test, vi } from "vitest";
import { selectedOf } from "./selection";

const shown = ["a", "b", "kept"];
const allows = (row: string) => row !== "kept";

function select(rows: string[]) {
  const change = vi.fn();
  return { change, ...selectedOf({ rows, change, allows }, shown, (row) => row) };
}

test("a row is added and taken away", () => {
  const { of, change } = select(["a"]);
  expect(of("a")).toMatchObject({ isChecked: true, isDisabled: false });
  expect(of("kept")).toMatchObject({ isChecked: false, isDisabled: true });
  of("b").onChange(null, true);
  expect(change).toHaveBeenLastCalledWith(["a", "b"]);
  of("a").onChange(null, false);
  expect(change).toHaveBeenLastCalledWith([]);
});

test("all of a page are those that can be selected", () => {
  expect(select(["a"]).all.isChecked).toBe(false);
  expect(select(["a", "b"]).all.isChecked).toBe(true);
  const { all, change } = select([]);
  all.onChange(null, true);
  expect(change).toHaveBeenCalledWith(["a", "b"]);
});

test("where nothing can be selected, neither can all", () => {
  expect(select([]).all.isDisabled).toBe(false);
  const all = (shown: string[]) => selectedOf({ rows: [], change: vi.fn(), allows }, shown, (row) => row).all;
  expect(all([]).isDisabled).toBe(true);
  expect(all(["kept"]).isDisabled).toBe(true);
});
