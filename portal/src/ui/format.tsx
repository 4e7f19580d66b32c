/** How sizes, numbers and times are written: short to read, exact on hover. */

import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** `1.5 GiB`: three digits at most, in the reader's digits. */
export function formatBytes(bytes: number, language: string): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  return `${number.format(bytes / 1024 ** power)} ${UNITS[power]}`;
}

/** A name with its digest as short as people write it, also where that is a tag's, which ends in what it is for. */
export function shortened(name: string): string {
  return name.replace(/(sha256[:-][0-9a-f]{12})[0-9a-f]{52}/, "$1…");
}

/** Each unit's seconds, and from how many of it on the next one is used. */
const STEPS: [Intl.RelativeTimeFormatUnit, number, number][] = [
  ["second", 1, 60],
  ["minute", 60, 60],
  ["hour", 3_600, 24],
  ["day", 86_400, 31],
  ["month", 30 * 86_400, 12],
];

/** `3 hours ago`, `in 7 days`: to the nearest. */
export function formatRelative(moment: Date, now: Date, language: string): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  const count = (length: number) => Math.round(Math.abs(seconds) / length);
  const [unit, length] = STEPS.find(([, step, most]) => count(step) < most) ?? ["year", 365 * 86_400];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(
    Math.sign(seconds) * count(length),
    unit,
  );
}

/** `7 days`, `36 hours`: a time that was set, in the largest unit that tells all of it. */
export function formatPeriod(seconds: number, language: string): string {
  const [unit = "second", length = 1] =
    STEPS.slice(0, 4).findLast(([, step]) => seconds >= step && seconds % step === 0) ?? [];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(
    seconds / length,
  );
}

/** `2 min 3 s`, `240 ms`: how long something took, in milliseconds. */
export function formatDuration(milliseconds: number, language: string): string {
  const write = (amount: number, unit: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(amount);
  if (milliseconds > 0 && milliseconds < 1000) return write(Math.round(milliseconds), "millisecond");
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), "hour"],
    [Math.floor((seconds % 3600) / 60), "minute"],
    [seconds % 60, "second"],
  ];
  const shown = parts.filter(([amount]) => amount > 0).slice(0, 2);
  return (shown.length ? shown : [[0, "second"] as [number, string]])
    .map(([amount, unit]) => write(amount, unit))
    .join(" ");
}

/** Times that the API writes for "never". */
function isNever(value: string | null | undefined): value is null | undefined | "" {
  return !value || value.startsWith("0001-") || value.startsWith("1970-01-01T00:00:00");
}

/** The formats in the language that is chosen. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return {
    language,
    bytes: (bytes: number) => formatBytes(bytes, language),
    exactBytes: (bytes: number) => `${new Intl.NumberFormat(language).format(bytes)} B`,
    number: (number: number) => new Intl.NumberFormat(language).format(number),
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share),
    duration: (milliseconds: number) => formatDuration(milliseconds, language),
    period: (seconds: number) => formatPeriod(seconds, language),
    dateTime: (value: string | Date) =>
      new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(value)),
    /** Figures with what they count, such as `Done: 6`: no "and" comes after a colon. */
    figures: (items: string[]) => items.join(" · "),
    list: (items: string[]) => new Intl.ListFormat(language, { type: "conjunction" }).format(items),
  };
}

/** A size; its exact number of bytes on hover. */
export function Size({ bytes }: { bytes: number }) {
  const { bytes: format, exactBytes } = useFormat();
  return <span title={exactBytes(bytes)}>{format(bytes)}</span>;
}

/** A moment as the reader prefers it; exact on hover. "Never" is a dash. */
export function Time({ value }: { value: string | null | undefined }) {
  const { times } = usePreferences();
  const { language, dateTime } = useFormat();
  if (isNever(value)) return <span aria-hidden="true">–</span>;
  const moment = new Date(value);
  const exact = `${dateTime(moment)} (${moment.toISOString()})`;
  const shown =
    times === "iso"
      ? moment.toISOString()
      : times === "locale"
        ? dateTime(moment)
        : formatRelative(moment, new Date(), language);
  return (
    <time dateTime={value} title={exact} className={times === "relative" ? "minato-relative" : undefined}>
      {shown}
    </time>
  );
}
