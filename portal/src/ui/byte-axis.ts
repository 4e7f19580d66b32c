/** An axis of bytes, with marks that are round in them. */

import { formatBytes } from "./format";

/** From nothing to `most`, with three to six marks in all. */
export function byteAxis(most: number, language: string) {
  const interval = 2 ** Math.max(0, Math.ceil(Math.log2(most / 5)));
  return {
    type: "value",
    axisLabel: { formatter: (bytes: number) => formatBytes(bytes, language), hideOverlap: true },
    interval,
    max: interval * Math.max(1, Math.ceil(most / interval)),
  };
}
