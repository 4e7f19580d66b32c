/** What was seen of queues and workers since the page was opened, for its charts. */

import { useEffect, useRef, useState } from "react";

export interface Sample {
  at: number;
  /** A number for each line of the chart, by its name. */
  values: Record<string, number>;
}

/** As much as is kept: ten minutes of a look each two seconds. */
export const MOST = 300;

/** Adds a sample, and forgets the oldest when there are too many. */
export function add(samples: Sample[], sample: Sample, most = MOST): Sample[] {
  return [...samples, sample].slice(-most);
}

/** The names that ever had a value above zero, the largest at last first. */
export function busiest(samples: Sample[], most: number): string[] {
  const peaks = new Map<string, number>();
  for (const { values } of samples) {
    for (const [name, value] of Object.entries(values)) {
      if (value > 0) peaks.set(name, Math.max(value, peaks.get(name) ?? 0));
    }
  }
  return [...peaks]
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name)
    .slice(0, most);
}

/** Collects a sample whenever the data was read anew. `at` is when that was, 0 for not yet. */
export function useSamples(at: number, values: Record<string, number> | undefined): Sample[] {
  const [samples, setSamples] = useState<Sample[]>([]);
  const latest = useRef(values);
  latest.current = values;
  useEffect(() => {
    const seen = latest.current;
    if (at > 0 && seen) setSamples((before) => add(before, { at, values: seen }));
  }, [at]);
  return samples;
}
