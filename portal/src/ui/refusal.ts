/** What a refusal of the server means in words of ours, and whether its own say more than that. */

import type { ApiError } from "~/api/client";

const BY_CODE = { DENIED: "denied", PROJECTPOLICYVIOLATION: "policy" } as const;

const BY_STATUS = {
  400: "invalid",
  403: "forbidden",
  404: "missing",
  405: "unsupported",
  409: "conflict",
  412: "state",
  413: "tooLarge",
  415: "invalid",
  422: "invalid",
  429: "tooMany",
  500: "fault",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
  507: "full",
} as const;

export type Refusal = (typeof BY_CODE)[keyof typeof BY_CODE] | (typeof BY_STATUS)[keyof typeof BY_STATUS];

function has<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}

/** By the code where several have one status; some code that we don't know, by its status. */
export function refusalOf({ code, status }: Pick<ApiError, "code" | "status">): Refusal | null {
  if (has(BY_CODE, code)) return BY_CODE[code];
  return has(BY_STATUS, status) ? BY_STATUS[status] : null;
}

const letters = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");

/**
 * The server's own words, unless they only repeat the code. What failed within it or before it, it does not
 * explain to those who ask: there it is only names of errors, and pages of proxies.
 */
export function detailOf({ code, status, message }: Pick<ApiError, "code" | "status" | "message">): string {
  return status >= 500 || letters(message) === letters(code) || message.trim().startsWith("<") ? "" : message;
}
