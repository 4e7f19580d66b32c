/** Whether the session of who works here has ended, and he has not yet said how to go on. */

import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

let ended = false;
const listeners = new Set<() => void>();

export function isEnded(): boolean {
  return ended;
}

/** While nobody is signed in who was, nothing is asked for: what is live would be refused again and again. */
export function setEnded(now: boolean): void {
  if (ended === now) return;
  ended = now;
  onlineManager.setOnline(!now);
  for (const listener of listeners) listener();
}

export function useSessionEnded(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isEnded);
}
