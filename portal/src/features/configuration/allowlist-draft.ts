/** A list of vulnerabilities while it is being changed. */

export interface Draft {
  ids: string[];
  /** The last day on which it counts, as `YYYY-MM-DD` in UTC; empty for always. */
  until: string;
}

/** The names in a text: one a line, or with commas or spaces between. Each once. */
export function idsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** The day of a moment in seconds; the list stops counting when the day is over. */
export function dayOf(seconds: number | null | undefined): string {
  return seconds ? new Date(seconds * 1000).toISOString().slice(0, 10) : "";
}

/** The end of a day, in seconds; null for none. */
export function momentOf(day: string): number | null {
  return day ? Date.parse(`${day}T23:59:59Z`) / 1000 : null;
}

/** How many names were added or taken away, and whether the day is another. */
export function differences(before: Draft, after: Draft): number {
  const added = after.ids.filter((id) => !before.ids.includes(id)).length;
  const removed = before.ids.filter((id) => !after.ids.includes(id)).length;
  return added + removed + (before.until === after.until ? 0 : 1);
}
