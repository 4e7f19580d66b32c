/**
 * Stands for lodash's `mergeWith` in PatternFly's table (vite.config.ts), which merges the properties of a
 * cell with it and would bring ten times as much.
 */

type Fields = Record<string, unknown>;
type Choose = (before: unknown, after: unknown, key: string) => unknown;

function isPlain(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Merges each source into the target; `choose` decides first, and leaves it to the rule by undefined. */
export default function mergeWith(target: Fields, ...rest: (Fields | Choose | undefined)[]): Fields {
  const last = rest.at(-1);
  const choose = typeof last === "function" ? last : () => undefined;
  for (const source of rest) {
    if (typeof source === "function") continue;
    for (const [key, after] of Object.entries(source ?? {})) {
      const before = target[key];
      const chosen = choose(before, after, key);
      if (chosen !== undefined) target[key] = chosen;
      else if (isPlain(before) && isPlain(after)) target[key] = mergeWith({ ...before }, after, choose);
      else if (after !== undefined) target[key] = after;
    }
  }
  return target;
}
