/** How a deletion is called. */

import type { Deletion } from "./queries";

const KINDS = ["tag", "artifact", "repository"] as const;

export function kindOf(kind: string) {
  return KINDS.find((known) => known === kind);
}

/** How many of an artifact's tags its name has. */
const NAMED = 3;

/** `shop/web:v1`, `shop/web@sha256:0123456789ab (v1, v2)`, `shop/web`. */
export function nameOf({
  kind,
  name,
  repository,
  tags,
}: Pick<Deletion, "kind" | "name" | "repository" | "tags">): string {
  if (kind === "tag") return `${repository}:${name}`;
  if (kind !== "artifact") return repository;
  const [algorithm = "", hash = ""] = name.split(":");
  const digest = `${repository}@${algorithm}:${hash.slice(0, 12)}`;
  if (tags.length === 0) return digest;
  return `${digest} (${tags.slice(0, NAMED).join(", ")}${tags.length > NAMED ? ", …" : ""})`;
}

/**
 * The order in which deletions are undone: a tag needs the artifact, an index the manifests that it lists. What was
 * deleted last, and what holds more, comes first; what was refused is tried again as long as something came back.
 */
export async function inTurn<T>(
  rows: T[],
  act: (row: T) => Promise<unknown>,
): Promise<{ done: number; failed?: { row: T; error: unknown } }> {
  let waiting = rows;
  let done = 0;
  for (;;) {
    const left: { row: T; error: unknown }[] = [];
    for (const row of waiting) {
      try {
        await act(row);
        done += 1;
      } catch (error) {
        left.push({ row, error });
      }
    }
    const [failed] = left;
    if (!failed) return { done };
    if (left.length === waiting.length) return { done, failed };
    waiting = left.map(({ row }) => row);
  }
}
