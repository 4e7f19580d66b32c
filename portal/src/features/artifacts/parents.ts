/** The indexes through which one came to an artifact: they stand in the address, so that the way back stays known. */

import { useSearch } from "@tanstack/react-router";

/** The name in the address. */
export const WITHIN = "within";

/** The digests of indexes, from the outermost on, as an address has them. */
export function parentsOf(within: unknown): string[] {
  return typeof within === "string" ? within.split(",").filter(Boolean) : [];
}

/** What an address has of indexes; nothing where there are none. */
export function within(parents: string[]): { within?: string } {
  return parents.length > 0 ? { within: parents.join(",") } : {};
}

/** The indexes of the page that is open. */
export function useParents(): string[] {
  const search = useSearch({ strict: false }) as { within?: unknown };
  return parentsOf(search.within);
}
