/** What the server asks of the settings, told before it has to refuse. */

import type { Kind } from "./settings";

export type Problem = "name" | "number" | "positive" | "json" | "endpoint" | null;

/** `host:port`, or nothing. */
export function isEndpoint(text: string): boolean {
  const [, port] = /^[A-Za-z0-9._\-:[\]]+:(\d{1,5})$/.exec(text) ?? [];
  return text === "" || (Number(port) > 0 && Number(port) < 65_536);
}

export function isJsonObject(text: string): boolean {
  if (text === "") return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function problemOf(kind: Kind, value: unknown): Problem {
  switch (kind.is) {
    case "name":
      return typeof value === "string" && value.trim() ? null : "name";
    case "number": {
      const good = Number.isInteger(value) && Number(value) >= kind.least && Number(value) <= kind.most;
      if (good) return null;
      // The largest that there is tells nobody anything.
      return kind.most > 1_000_000 ? "positive" : "number";
    }
    case "json":
      return isJsonObject(String(value ?? "")) ? null : "json";
    case "endpoint":
      return isEndpoint(String(value ?? "")) ? null : "endpoint";
    default:
      return null;
  }
}
