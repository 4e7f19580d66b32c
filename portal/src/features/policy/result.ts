/** What a run of retention decided, read from the table that its log has for each repository. */

export type Fate = "kept" | "dropped" | "immutable" | "other";

export interface Decision {
  digest: string;
  tags: string[];
  pushed: string;
  pulled: string;
  fate: Fate;
  /** The rule's place in the policy, from 1, that keeps the artifact. */
  rule?: number;
  /** Why, in the server's words. */
  why: string;
}

const FATES: Record<string, Fate> = { RETAIN: "kept", DEL: "dropped", IMMUTABLE: "immutable" };

/** `2026/01/31 12:00:00`, in UTC, as other times are written. */
function moment(text: string): string {
  const match = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}Z` : "";
}

/** The decisions in a log; of one that has the table twice, as a task that began again, the last. */
export function decisionsIn(log: string): Decision[] {
  let found: Decision[] = [];
  for (const line of log.split("\n")) {
    if (!line.startsWith("| ")) continue;
    const cells = line
      .replace(/^\| /, "")
      .replace(/ \|\s*$/, "")
      .split(" | ");
    const [digest = "", tags = "", , , pushed = "", pulled = "", , word = "", ...why] = cells;
    if (digest === "Digest") found = [];
    if (!digest.includes(":")) continue;
    const reason = why.join(" | ");
    const rule = /^rule (\d+)/.exec(reason);
    found.push({
      digest,
      tags: tags.split(",").filter(Boolean),
      pushed: moment(pushed),
      pulled: moment(pulled),
      fate: FATES[word] ?? "other",
      ...(rule && { rule: Number(rule[1]) }),
      why: reason,
    });
  }
  return found;
}
