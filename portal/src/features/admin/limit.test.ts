import { describe, expect, it } from "vitest";
import { fullness, isGoodLimit, ofBytes, toBytes } from "./limit";

describe("a limit", () => {
  it.each([
    [-1, { unlimited: true, amount: "", unit: "GiB" }],
    [10 * 1024 ** 3, { unlimited: false, amount: 10, unit: "GiB" }],
    [512 * 1024 ** 2, { unlimited: false, amount: 512, unit: "MiB" }],
    [2 * 1024 ** 4, { unlimited: false, amount: 2, unit: "TiB" }],
  ] as const)("of %d bytes is written and read", (bytes, limit) => {
    expect(ofBytes(bytes)).toEqual(limit);
    expect(toBytes(limit)).toBe(bytes);
  });

  it("is written in GiB where it is whole in no unit", () => {
    expect(ofBytes(1_000_000_000)).toEqual({ unlimited: false, amount: 0.931323, unit: "GiB" });
  });

  it("is more than nothing, and no more than the server takes", () => {
    expect(isGoodLimit({ unlimited: false, amount: 0, unit: "GiB" })).toBe(false);
    expect(isGoodLimit({ unlimited: false, amount: "", unit: "GiB" })).toBe(false);
    expect(isGoodLimit({ unlimited: false, amount: 1025, unit: "TiB" })).toBe(false);
    expect(isGoodLimit({ unlimited: false, amount: 1024, unit: "TiB" })).toBe(true);
    expect(isGoodLimit({ unlimited: true, amount: "", unit: "GiB" })).toBe(true);
  });

  it("tells how full a project is", () => {
    expect(fullness(5, 10)).toBe(0.5);
    expect(fullness(5, -1)).toBeNull();
  });
});
