/** What entries of the audit log are about, and spans of time. */

import type { Entry } from "./queries";

export const OPERATIONS = ["create", "update", "delete", "pull", "login", "logout"] as const;

/** Kinds of things; those of a project come first. */
export const RESOURCES = [
  "artifact",
  "tag",
  "repository",
  "project",
  "member",
  "robot",
  "user",
  "configuration",
] as const;

/** What there is in the log of one project. */
export const OF_PROJECTS: readonly string[] = ["artifact", "tag", "repository", "project", "member", "robot"];
export const DONE_IN_PROJECTS: readonly string[] = ["create", "update", "delete", "pull"];

export function knownOperation(word: string) {
  return OPERATIONS.find((known) => known === word);
}

export function knownResource(word: string) {
  return RESOURCES.find((known) => known === word);
}

/** `create_artifact` names an operation and a kind of thing: all of either that these and we know. */
export function wordsOf(events: string[]): { operations: string[]; resources: string[] } {
  const parts = events.map((event) => event.split("_"));
  return {
    operations: [...new Set([...OPERATIONS, ...parts.map(([operation = ""]) => operation)])],
    resources: [...new Set([...RESOURCES, ...parts.map(([, ...rest]) => rest.join("_"))])],
  };
}

/** Where to look at what an entry is about, if there is such a place. */
export function placeOf({
  resource,
  resource_type: type,
  operation,
}: Pick<Entry, "resource" | "resource_type" | "operation">): { project: string; repository?: string } | null {
  if (type === "project") return operation === "delete" ? null : { project: resource };
  if (!["artifact", "tag", "repository"].includes(type)) return null;
  const [project = "", ...rest] = resource.split("/");
  const repository = rest
    .join("/")
    .replace(/@.*$/, "")
    .replace(/:[^:/]*$/, "");
  if (!project || !repository) return null;
  return type === "repository" && operation === "delete" ? { project } : { project, repository };
}

/** A span of time as the API takes it: `[from~to]`; either may be missing. */
export interface Span {
  from?: Date;
  to?: Date;
}

const text = (moment: Date | undefined) => moment?.toISOString().replace(/\.\d+Z$/, "Z") ?? "";

export function spanText({ from, to }: Span): string {
  return from || to ? `[${text(from)}~${text(to)}]` : "";
}

export function readSpan(value: string | undefined): Span {
  const [, first = "", second = ""] = /^\[(.*)~(.*)\]$/.exec(value ?? "") ?? [];
  const moment = (part: string) => {
    const found = new Date(part);
    return part && !Number.isNaN(found.getTime()) ? found : undefined;
  };
  return { from: moment(first), to: moment(second) };
}

/** A moment as a field for date and time has it, in the reader's own time. */
export function toLocal(moment: Date | undefined): string {
  if (!moment) return "";
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function fromLocal(value: string): Date | undefined {
  const moment = new Date(value);
  return value && !Number.isNaN(moment.getTime()) ? moment : undefined;
}
