/** What a person chose for this browser: theme, language, how times are written, which client commands are for. */

import { useSyncExternalStore } from "react";
import { keep, kept } from "~/ui/storage";

export const THEMES = ["system", "light", "dark"] as const;
export const TIMES = ["relative", "locale", "iso"] as const;
export const RUNTIMES = ["docker", "podman", "nerdctl", "ctr", "crictl", "skopeo"] as const;

/** Most commands of one's own. */
export const MOST_COMMANDS = 5;

export interface Preferences {
  theme: (typeof THEMES)[number];
  /** A tag such as `de-DE`; null follows the browser. */
  language: string | null;
  times: (typeof TIMES)[number];
  /** One of the tools, or a command of one's own. */
  runtime: string;
  /** Commands of one's own that pull; what is pulled takes the place of `{image}`, or comes at the end. */
  commands: readonly string[];
  compact: boolean;
}

const KEY = "minato.preferences";
const listeners = new Set<() => void>();
let current = read();

function oneOf<T extends string>(choices: readonly T[], value: unknown, usual: T): T {
  return choices.find((choice) => choice === value) ?? usual;
}

/** Whether it is one of the tools: a command of that name would be taken for the tool's own. */
export function isRuntime(command: string): boolean {
  return RUNTIMES.some((runtime) => runtime === command);
}

function commandsOf(value: unknown): string[] {
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  const commands = texts.map((one) => one.trim()).filter((one) => one && !isRuntime(one));
  return [...new Set(commands)].slice(0, MOST_COMMANDS);
}

/** Reads what was kept; whatever makes no sense in it is as if it had not been chosen. */
export function parsePreferences(text: string | null): Preferences {
  let kept: Record<string, unknown> = {};
  try {
    kept = Object(JSON.parse(text ?? "{}"));
  } catch {
    // Somebody else wrote it.
  }
  const commands = commandsOf(kept.commands);
  return {
    theme: oneOf(THEMES, kept.theme, "system"),
    language: typeof kept.language === "string" ? kept.language : null,
    times: oneOf(TIMES, kept.times, "relative"),
    runtime: oneOf([...RUNTIMES, ...commands], kept.runtime, "docker"),
    commands,
    compact: typeof kept.compact === "boolean" ? kept.compact : true,
  };
}

function read(): Preferences {
  return parsePreferences(kept(KEY));
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  keep(KEY, JSON.stringify(current));
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

// Another tab of the same browser shows what is chosen here.
addEventListener("storage", ({ key }) => {
  if (key !== KEY) return;
  current = read();
  applyTheme();
  for (const listener of listeners) listener();
});
