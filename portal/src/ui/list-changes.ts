/** What follows a change: the list is read anew, what went is not selected any more, and what was done is told. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNotify } from "./notify";

export function useListChanges<T>(queryKey: string[], keyOf: (row: T) => unknown) {
  const queries = useQueryClient();
  const notify = useNotify();
  const [selected, setSelected] = useState<T[]>([]);
  const refresh = () => queries.invalidateQueries({ queryKey });
  return {
    selected,
    setSelected,
    deleted: (gone: T[]) => {
      setSelected((now) => now.filter((row) => !gone.some((one) => keyOf(one) === keyOf(row))));
      refresh();
    },
    done: (message: string) => {
      refresh();
      setSelected([]);
      notify.success(message);
    },
  };
}
