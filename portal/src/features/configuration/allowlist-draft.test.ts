import { expect, it } from "vitest";
import { dayOf, differences, idsIn, momentOf } from "./allowlist-draft";

it("finds names however they are written", () => {
  expect(idsIn(" CVE-2026-1, CVE-2026-2\nGHSA-x;CVE-2026-1 ")).toEqual([
    "CVE-2026-1",
    "CVE-2026-2",
    "GHSA-x",
  ]);
  expect(idsIn(" \n")).toEqual([]);
});

it("counts to the end of a day", () => {
  const end = momentOf("2026-11-26");
  expect(dayOf(end)).toBe("2026-11-26");
  expect(momentOf("")).toBeNull();
  expect(dayOf(null)).toBe("");
});

it("counts what was changed", () => {
  const before = { ids: ["a", "b"], until: "" };
  expect(differences(before, before)).toBe(0);
  expect(differences(before, { ids: ["b", "c"], until: "2026-11-26" })).toBe(3);
});
