/** Small choices that this browser keeps, such as a table's columns. Never anything secret. */

import { useState } from "react";
import { keep, kept } from "./storage";

export function useRemembered<T>(key: string, usual: T): [T, (value: T) => void] {
  const name = `minato.${key}`;
  const [value, setValue] = useState<T>(() => {
    try {
      return (JSON.parse(kept(name) ?? "null") as T | null) ?? usual;
    } catch {
      return usual;
    }
  });
  return [
    value,
    (next) => {
      setValue(next);
      keep(name, JSON.stringify(next));
    },
  ];
}
