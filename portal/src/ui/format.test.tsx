import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatRelative } from "./format";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [0.5, "0.5 B"],
    [1023, "1,020 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [1024 ** 2, "1 MiB"],
    [5 * 1024 ** 3, "5 GiB"],
    [1023 * 1024 ** 6, "1,020 EiB"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes, "en-US")).toBe(text);
  });

  it("uses the language's digits and signs", () => {
    expect(formatBytes(1536, "de-DE")).toBe("1,5 KiB");
  });
});

describe("formatRelative", () => {
  const now = new Date("2026-06-15T12:00:00Z");
  it.each([
    ["2026-06-15T12:00:00Z", "now"],
    ["2026-06-15T11:59:01Z", "59 seconds ago"],
    ["2026-06-15T11:58:01Z", "1 minute ago"],
    ["2026-06-15T09:00:00Z", "3 hours ago"],
    ["2026-06-14T11:00:00Z", "yesterday"],
    ["2026-06-17T12:00:00Z", "in 2 days"],
    ["2026-06-01T12:00:00Z", "2 weeks ago"],
    ["2020-06-15T12:00:00Z", "6 years ago"],
  ])("tells %s as %s", (moment, text) => {
    expect(formatRelative(new Date(moment), now, "en-US")).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 sec"],
    [-5, "0 sec"],
    [499, "499 ms"],
    [1500, "2 sec"],
    [123_000, "2 min 3 sec"],
    [3_600_000, "1 hr"],
    [3_723_000, "1 hr 2 min"],
    [90_000_000, "25 hr"],
  ])("tells %d milliseconds as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds, "en-US")).toBe(text);
  });
});
