/** How the filters over artifacts are asked of the API, whose `q` has one key for several of them. */

import { contained, type Filter, type ListState } from "~/ui/list-state";

/** The filters of the list, without their texts and choices. */
export const FILTERS: Filter[] = ["text", "type", "tagged", "label"].map((key) => ({ key, label: "" }));

/** Whether a text is, or begins, a digest rather than a tag. */
export function isDigest(text: string): boolean {
  return text.startsWith("sha") && text.includes(":");
}

/** The `q` of these filters: a text that begins like a digest is one, any other is a part of a tag. */
export function artifactQ({ text, type, tagged, label }: Record<string, string>): string | undefined {
  const conditions: string[] = [];
  if (text) conditions.push(`${isDigest(text) ? "digest" : "tags"}=${contained(text)}`);
  if (tagged) conditions.push(tagged === "yes" ? "tags=*" : "tags=nil");
  if (type) conditions.push(`type=${type}`);
  if (label) conditions.push(`labels=(${label})`);
  return conditions.length > 0 ? conditions.join(",") : undefined;
}

/** Asking for a tag and for what has none, or any, takes turns: the API knows one of them at a time. */
export function exclusive(state: ListState): ListState {
  return {
    ...state,
    setFilters: (next, ...sort) => {
      const { text, tagged, ...rest } = next;
      const isNew = tagged !== state.filters.tagged && tagged;
      state.setFilters(text && tagged ? { ...rest, ...(isNew ? { tagged } : { text }) } : next, ...sort);
    },
  };
}
