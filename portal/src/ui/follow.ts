/** A form that shows what the server says, which may change while somebody types. */

import { useEffect } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";

/**
 * Takes newer values over, but for the fields that were changed and are not saved. `known` is to be the same object
 * until it changes. After saving, `resetDefaultValues` tells the form that what it holds is saved.
 */
export function useFollowed<V extends FieldValues>(
  { reset, resetDefaultValues }: Pick<UseFormReturn<V>, "reset" | "resetDefaultValues">,
  known: V,
): void {
  useEffect(() => {
    reset(known, { keepDirtyValues: true });
    // Looks again which fields differ, which resetting does not.
    resetDefaultValues(known);
  }, [reset, resetDefaultValues, known]);
}
