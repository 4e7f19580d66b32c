/** When a robot ends. The API counts days from when the robot was made. */

const DAY = 86_400_000;

/** The choices: so many days, for ever, any number of days, up to a date. */
export const CHOICES = ["30", "90", "365", "never", "days", "date"] as const;
export type Choice = (typeof CHOICES)[number];

export interface Expiry {
  expiry: Choice;
  days: number | "";
  /** `2026-12-31`, in the reader's time. */
  date: string;
}

/** The most that the API takes. */
const MOST = 2_147_483_647;

/** The days that the API is to be told: -1 for ever, nothing for what is no answer. */
export function toDuration({ expiry, days, date }: Expiry, made: Date): number | null {
  if (expiry === "never") return -1;
  if (expiry === "days")
    return days !== "" && Number.isInteger(days) && days >= 1 && days <= MOST ? days : null;
  if (expiry !== "date") return Number(expiry);
  // Good through the whole of that day.
  const end = new Date(`${date}T23:59:59`).getTime();
  if (Number.isNaN(end) || end <= Date.now()) return null;
  return Math.max(1, Math.ceil((end - made.getTime()) / DAY));
}

export function fromDuration(duration: number): Expiry {
  if (duration < 0) return { expiry: "never", days: "", date: "" };
  const fixed = CHOICES.find((choice) => choice === String(duration));
  return { expiry: fixed ?? "days", days: Math.min(duration, MOST), date: "" };
}

/** When a robot ends that was made then; nothing for never. */
export function endOf(duration: number | null, made: Date): Date | null {
  return duration === null || duration < 0 ? null : new Date(made.getTime() + duration * DAY);
}

export type Lasting = "never" | "ended" | "soon" | "later";

/** How near the end is; `expires_at` is in seconds, -1 for never. */
export function lasting(expiresAt: number, now = Date.now()): Lasting {
  if (expiresAt < 0) return "never";
  const left = expiresAt * 1000 - now;
  if (left <= 0) return "ended";
  return left < 7 * DAY ? "soon" : "later";
}
