/** A limit of storage as people write it: a number and a unit, or none. The API has bytes, and -1 for none. */

export const UNITS = ["MiB", "GiB", "TiB"] as const;
export type Unit = (typeof UNITS)[number];

const BYTES: Record<Unit, number> = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** The most that the server takes. */
export const MOST_BYTES = 1024 ** 5;

export interface Limit {
  unlimited: boolean;
  amount: number | "";
  unit: Unit;
}

export function toBytes({ unlimited, amount, unit }: Limit): number {
  return unlimited ? -1 : Math.round(Number(amount) * BYTES[unit]);
}

/** The largest unit in which it is a whole number; GiB where it is in none. */
export function ofBytes(bytes: number): Limit {
  if (bytes < 0) return { unlimited: true, amount: "", unit: "GiB" };
  const whole = UNITS.toReversed().find((unit) => bytes >= BYTES[unit] && bytes % BYTES[unit] === 0);
  const unit = whole ?? "GiB";
  return { unlimited: false, amount: Number((bytes / BYTES[unit]).toPrecision(6)), unit };
}

export function isGoodLimit(limit: Limit): boolean {
  const bytes = toBytes(limit);
  return limit.unlimited || (bytes >= 1 && bytes <= MOST_BYTES);
}

/** How full a project is, from 0 on; nothing where there is no limit. */
export function fullness(used: number, hard: number): number | null {
  return hard > 0 ? used / hard : null;
}
