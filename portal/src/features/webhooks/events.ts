/** The kinds of events, in groups of what they are about. */

import { useTranslation } from "react-i18next";

const GROUPS = [
  ["artifacts", ["PUSH_ARTIFACT", "PULL_ARTIFACT", "DELETE_ARTIFACT"]],
  ["scans", ["SCANNING_COMPLETED", "SCANNING_FAILED", "SCANNING_STOPPED"]],
  ["project", ["QUOTA_WARNING", "QUOTA_EXCEED", "TAG_RETENTION", "REPLICATION"]],
] as const;

export type Group = (typeof GROUPS)[number][0] | "other";

/** What the server takes for Harbor's clients and nothing here brings about. */
const NEVER = ["REPLICATION"];

/** What may be chosen of what the server offers. What never happens is there only to be given up. */
export function choices(offered: string[], chosen: string[]): string[] {
  return offered.filter((event) => !NEVER.includes(event) || chosen.includes(event));
}

/** What the server offers, in our groups; what we do not know comes last. */
export function grouped(offered: string[]): { group: Group; events: string[] }[] {
  const known = GROUPS.map(([group, events]) => ({
    group,
    events: events.filter((event) => offered.includes(event)) as string[],
  }));
  const all = known.flatMap(({ events }) => events);
  const other = { group: "other" as const, events: offered.filter((event) => !all.includes(event)) };
  return [...known, other].filter(({ events }) => events.length > 0);
}

/** The name of an event in the reader's language. */
export function useEventName(): (event: string) => string {
  const { t } = useTranslation("webhooks");
  const names: Record<string, string> = t("event", { returnObjects: true });
  return (event) => names[event] ?? event;
}
