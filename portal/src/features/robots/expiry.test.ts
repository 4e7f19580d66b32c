import { describe, expect, it, vi } from "vitest";
import { endOf, fromDuration, lasting, toDuration } from "./expiry";

const made = new Date("2026-11-01T12:00:00");
const none = { days: "", date: "" } as const;

describe("when a robot ends", () => {
  it("is told in days", () => {
    expect(toDuration({ ...none, expiry: "90" }, made)).toBe(90);
    expect(toDuration({ ...none, expiry: "never" }, made)).toBe(-1);
    expect(toDuration({ ...none, expiry: "days", days: 7 }, made)).toBe(7);
    for (const days of [0, -1, 1.5, 3e9, ""] as const) {
      expect(toDuration({ ...none, expiry: "days", days }, made)).toBeNull();
    }
  });

  it("is not before a date is over", () => {
    vi.useFakeTimers({ now: made });
    const days = toDuration({ ...none, expiry: "date", date: "2026-11-10" }, made);
    expect(days).toBe(10);
    expect(endOf(days, made)?.getTime()).toBeGreaterThan(new Date("2026-11-10T23:59:59").getTime());
    expect(toDuration({ ...none, expiry: "date", date: "2026-10-31" }, made)).toBeNull();
    expect(toDuration({ ...none, expiry: "date", date: "" }, made)).toBeNull();
    vi.useRealTimers();
  });

  it("comes back as the choice that it was", () => {
    expect(fromDuration(-1).expiry).toBe("never");
    expect(fromDuration(365).expiry).toBe("365");
    expect(fromDuration(12)).toEqual({ expiry: "days", days: 12, date: "" });
  });

  it("is near, far, past or never", () => {
    const now = made.getTime();
    const inDays = (days: number) => now / 1000 + days * 86_400;
    expect(lasting(-1, now)).toBe("never");
    expect(lasting(inDays(-1), now)).toBe("ended");
    expect(lasting(inDays(2), now)).toBe("soon");
    expect(lasting(inDays(30), now)).toBe("later");
  });
});
