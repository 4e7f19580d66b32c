/** What a person chose for this browser: theme, language, how times are written, which client commands are for. */

import { useSyncExternalStore } from "react";
import { z } from "zod";

const schema = z.object({
  theme: z.enum(["system", "light", "dark"]).catch("system"),
  language: z.string().nullable().catch(null),
  times: z.enum(["relative", "locale", "iso"]).catch("relative"),
  runtime: z.enum(["docker", "podman", "nerdctl", "ctr", "crictl", "skopeo"]).catch("docker"),
  compact: z.boolean().catch(true),
});

export type Preferences = z.infer<typeof schema>;

const KEY = "minato.preferences";
const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return schema.parse({});
  }
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  applyTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  return current.theme === "dark" || (current.theme === "system" && prefersDark.matches);
}

/** Whether the page is dark now; follows the system where that is the choice. */
export function useIsDark(): boolean {
  return useSyncExternalStore((listener) => {
    prefersDark.addEventListener("change", listener);
    const stop = subscribe(listener);
    return () => {
      prefersDark.removeEventListener("change", listener);
      stop();
    };
  }, isDark);
}

/** Puts the theme's class on the page, now and whenever the system's changes. */
export function applyTheme(): void {
  document.documentElement.classList.toggle("pf-v6-theme-dark", isDark());
}
prefersDark.addEventListener("change", applyTheme);
