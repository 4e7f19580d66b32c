/** Vulnerabilities that are put up with: names as people paste them, and until when. */

/** Most characters of a name. */
const MOST = 128;

/** `CVE-2024-3094`, `GHSA-jfh8-c2jp-5v3q`, `RHSA-2024:1234`: words with a dash and a digit. */
const NAME = /^[A-Za-z][A-Za-z0-9]*-[\w.:-]*\d[\w.:-]*$/;

export interface Pasted {
  /** Names, each once. */
  ids: string[];
  /** Words that are no names. */
  others: string[];
}

/** Reads names out of a text: a list, a line of a table, an ignore file of a scanner with comments. */
export function readIds(text: string): Pasted {
  const ids = new Set<string>();
  const others = new Set<string>();
  for (const line of text.split("\n")) {
    for (const word of line.replace(/#.*$/, "").split(/[\s,;|"'[\]()]+/)) {
      const name = /^cve-/i.test(word) ? word.toUpperCase() : word;
      if (NAME.test(name) && name.length <= MOST) ids.add(name);
      else if (name) others.add(name);
    }
  }
  return { ids: [...ids], others: [...others] };
}

/** The last second of a day in the reader's time, in seconds as the API has it; nothing is for ever. */
export function endOfDay(date: string): number | null {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  if (!year || !month || !day) return null;
  return Math.floor(new Date(year, month - 1, day, 23, 59, 59).getTime() / 1000);
}

/** The day of a moment in seconds, as a field for dates has it. */
export function dayOf(seconds: number | null | undefined): string {
  if (!seconds) return "";
  const moment = new Date(seconds * 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** When a list stops counting whose last day is chosen: to the second as it was, where the day is the same. */
export function momentOf(day: string, before: number | null | undefined): number | null {
  return before && day === dayOf(before) ? before : endOfDay(day);
}

export function isOver(seconds: number | null | undefined, now: Date): boolean {
  return Boolean(seconds) && (seconds ?? 0) * 1000 <= now.getTime();
}
