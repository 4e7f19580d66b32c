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

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** `3 hours ago`, `in 2 days`. */
export function formatRelative(moment: Date, now: Date, language: string): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(
    Math.trunc(seconds / length),
    unit,
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
    number: (number: number) => new Intl.NumberFormat(language).format(number),
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share),
    duration: (milliseconds: number) => formatDuration(milliseconds, language),
    dateTime: (value: string | Date) =>
      new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(value)),
    list: (items: string[]) => new Intl.ListFormat(language, { type: "conjunction" }).format(items),
  };
}

/** A size; its exact number of bytes on hover. */
export function Size({ bytes }: { bytes: number }) {
  const { bytes: format, number } = useFormat();
  return <span title={`${number(bytes)} B`}>{format(bytes)}</span>;
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
    <time dateTime={value} title={exact}>
      {shown}
    </time>
  );
}
