/** Which rows of a list are selected, and what a box beside a row shows of that. */

import { useEffect } from "react";

export interface Selection<T> {
  rows: T[];
  change: (rows: T[]) => void;
  /** Which rows can be selected; all if it isn't said. */
  allows?: (row: T) => boolean;
}

interface Box {
  isChecked: boolean;
  isDisabled: boolean;
  onChange: (event: unknown, on: boolean) => void;
}

export interface Selected<T> {
  /** The box of a row. */
  of: (row: T) => Box;
  /** The box for all rows of the page. */
  all: Box;
}

/** Forgets of a selection what is not shown any more: whoever acts on it sees all of it. */
export function useOnlyShown<T>(
  selection: Selection<T> | undefined,
  shown: T[],
  keyOf: (row: T) => string | number,
): void {
  useEffect(() => {
    if (!selection) return;
    const keys = new Set(shown.map(keyOf));
    const left = selection.rows.filter((row) => keys.has(keyOf(row)));
    if (left.length < selection.rows.length) selection.change(left);
  });
}

export function selectedOf<T>(
  { rows, change, allows = () => true }: Selection<T>,
  shown: T[],
  keyOf: (row: T) => string | number,
): Selected<T> {
  const keys = new Set(rows.map(keyOf));
  const selectable = shown.filter(allows);
  return {
    of: (row) => ({
      isChecked: keys.has(keyOf(row)),
      isDisabled: !allows(row),
      onChange: (_, on) => change(on ? [...rows, row] : rows.filter((one) => keyOf(one) !== keyOf(row))),
    }),
    all: {
      isChecked: selectable.length > 0 && selectable.every((row) => keys.has(keyOf(row))),
      isDisabled: selectable.length === 0,
      onChange: (_, on) => change(on ? selectable : []),
    },
  };
}
