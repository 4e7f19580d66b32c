import { describe, expect, it } from "vitest";
import { dayOf, endOfDay, isOver, momentOf, readIds } from "./allowlist";

describe("readIds", () => {
  it.each([
    ["CVE-2024-3094", ["CVE-2024-3094"], []],
    ["cve-2024-1 CVE-2024-1,CVE-2024-2", ["CVE-2024-1", "CVE-2024-2"], []],
    ["# accepted\nGHSA-jfh8-c2jp-5v3q # until spring\n", ["GHSA-jfh8-c2jp-5v3q"], []],
    ["| CVE-2024-1 | High | openssl |", ["CVE-2024-1"], ["High", "openssl"]],
    ['["RHSA-2024:1234"]', ["RHSA-2024:1234"], []],
    ["", [], []],
  ])("%s", (text, ids, others) => {
    expect(readIds(text)).toEqual({ ids, others });
  });

  it("takes no name that is too long", () => {
    expect(readIds(`CVE-${"1".repeat(200)}`).ids).toEqual([]);
  });
});

describe("expiry", () => {
  it("is the end of a day", () => {
    const seconds = endOfDay("2026-11-26");
    expect(dayOf(seconds)).toBe("2026-11-26");
    expect(isOver(seconds, new Date(2026, 10, 26, 23, 0))).toBe(false);
    expect(isOver(seconds, new Date(2026, 10, 27))).toBe(true);
  });

  it("stays to the second while its day is the same", () => {
    const noon = Math.floor(new Date(2026, 10, 26, 12, 30, 5).getTime() / 1000);
    expect(momentOf(dayOf(noon), noon)).toBe(noon);
    expect(momentOf("2026-11-27", noon)).toBe(endOfDay("2026-11-27"));
    expect(momentOf("2026-11-27", null)).toBe(endOfDay("2026-11-27"));
    expect(momentOf("", noon)).toBeNull();
  });

  it("may be never", () => {
    expect(endOfDay("")).toBeNull();
    expect(dayOf(null)).toBe("");
    expect(isOver(null, new Date())).toBe(false);
  });
});
