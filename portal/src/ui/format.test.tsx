import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatPeriod, formatRelative, shortened } from "./format";

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
    ["2026-06-15T11:58:01Z", "2 minutes ago"],
    ["2026-06-15T11:00:20Z", "1 hour ago"],
    ["2026-06-15T09:00:00Z", "3 hours ago"],
    ["2026-06-14T11:00:00Z", "yesterday"],
    ["2026-06-17T12:00:00Z", "in 2 days"],
    ["2026-06-01T12:00:00Z", "14 days ago"],
    ["2026-06-22T11:59:50Z", "in 7 days"],
    ["2026-07-15T11:59:50Z", "in 30 days"],
    ["2026-08-20T12:00:00Z", "in 2 months"],
    ["2027-06-10T12:00:00Z", "next year"],
    ["2020-06-15T12:00:00Z", "6 years ago"],
  ])("tells %s as %s", (moment, text) => {
    expect(formatRelative(new Date(moment), now, "en-US")).toBe(text);
  });
});

describe("formatPeriod", () => {
  it.each([
    [604_800, "7 days"],
    [86_400, "1 day"],
    [129_600, "36 hours"],
    [5_400, "90 minutes"],
    [61, "61 seconds"],
    [60 * 86_400, "60 days"],
  ])("tells %d seconds as %s", (seconds, text) => {
    expect(formatPeriod(seconds, "en-US")).toBe(text);
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

it("shortens digests, and nothing else", () => {
  const digest = `405f1881ae5d${"0".repeat(52)}`;
  expect(shortened(`shop/web@sha256:${digest}`)).toBe("shop/web@sha256:405f1881ae5d…");
  expect(shortened(`shop/web:sha256-${digest}.sig`)).toBe("shop/web:sha256-405f1881ae5d….sig");
  expect(shortened("shop/web:v1")).toBe("shop/web:v1");
});
