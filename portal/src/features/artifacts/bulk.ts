/** Doing the same to several things: some at a time, and all of them even if one is refused. */

import { useState } from "react";

const AT_ONCE = 4;

/**
 * Does it to each. `settled` is told what was done and what was not, before the first refusal, if there
 * was one, is thrown.
 */
export async function allOf<T>(
  items: T[],
  act: (item: T) => Promise<unknown>,
  settled?: (done: T[], left: T[]) => unknown,
): Promise<void> {
  const failures = new Map<T, unknown>();
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const some = items.slice(start, start + AT_ONCE);
    const results = await Promise.allSettled(some.map(act));
    for (const [index, item] of some.entries()) {
      const result = results[index];
      if (result?.status === "rejected") failures.set(item, result.reason);
    }
  }
  settled?.(
    items.filter((item) => !failures.has(item)),
    items.filter((item) => failures.has(item)),
  );
  for (const reason of failures.values()) throw reason;
}

/** Things to do the same to. What was refused is `left`, to be tried again without the rest. */
export function useAllOf<T>(items: T[]) {
  const [left, setLeft] = useState(items);
  const run = (
    act: (item: T) => Promise<unknown>,
    settled: (done: T[], left: T[]) => unknown,
    some = left,
  ): Promise<void> =>
    allOf(some, act, (done, rest) => {
      if (rest.length > 0) setLeft(rest);
      return settled(done, rest);
    });
  return { left, run };
}
