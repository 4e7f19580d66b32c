/** Escape for what has the focus, before the dialog around it. */

import { type RefObject, useEffect, useRef } from "react";

/**
 * Gives an element's Escape to `take` while there is something to take back there, and to nothing around it: a
 * dialog would close by it. It listens on the page's body, where it may hear of the key before React does.
 */
export function useOwnEscape<T extends HTMLElement>(isTaken: boolean, take: () => void): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    const taking = isTaken ? element.current : null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      take();
    };
    taking?.addEventListener("keydown", onKeyDown);
    return () => taking?.removeEventListener("keydown", onKeyDown);
  });
  return element;
}
