/** The message to everybody, which the API keeps as JSON in a text. */

import { z } from "zod";

export const TYPES = ["info", "success", "warning", "danger"] as const;

export interface Banner {
  message: string;
  type: (typeof TYPES)[number];
  closable: boolean;
  /** Days, as `YYYY-MM-DD`; empty for no bound. */
  fromDate: string;
  toDate: string;
}

const NONE: Banner = { message: "", type: "info", closable: false, fromDate: "", toDate: "" };

const schema = z.object({
  message: z.string().catch(""),
  type: z.enum(TYPES).catch("info"),
  closable: z.boolean().catch(false),
  fromDate: z.string().catch(""),
  toDate: z.string().catch(""),
});

/** A day as a field for dates has it; Harbor writes others, such as `11/26/2026`. */
function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const moment = new Date(text);
  if (!text || Number.isNaN(moment.getTime())) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function readBanner(text: string): Banner {
  if (!text) return NONE;
  try {
    const found = schema.parse(JSON.parse(text));
    return { ...found, fromDate: day(found.fromDate), toDate: day(found.toDate) };
  } catch {
    // It is a text.
    return { ...NONE, message: text };
  }
}

/** Nothing where there is no message. */
export function writeBanner(banner: Banner): string {
  const { message, type, closable, fromDate, toDate } = banner;
  if (!message.trim()) return "";
  return JSON.stringify({
    message,
    type,
    closable,
    ...(fromDate && { fromDate }),
    ...(toDate && { toDate }),
  });
}
