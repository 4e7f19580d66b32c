import { expect, it } from "vitest";
import { parentsOf, within } from "./parents";

it("finds the indexes of an address again, and none in any other", () => {
  const parents = ["sha256:a", "sha256:b"];
  expect(parentsOf(within(parents).within)).toEqual(parents);
  expect(within([])).toEqual({});
  expect(parentsOf(undefined)).toEqual([]);
  expect(parentsOf("")).toEqual([]);
  expect(parentsOf(7)).toEqual([]);
});
