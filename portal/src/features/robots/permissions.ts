/** What a robot may do: sets of pairs such as `repository:pull`, and what they amount to. */

import type { Permission, Robot } from "./queries";

/** A set of pairs in one place: a project, all of them (`*`), or the system (`/`). */
export interface Grant {
  kind: "project" | "system";
  namespace: string;
  access: string[];
}

export const ALL_PROJECTS = "*";

export function pairOf({ resource, action }: Permission): string {
  return `${resource}:${action}`;
}

export function grantsOf(robot: Pick<Robot, "permissions">): Grant[] {
  return robot.permissions.map(({ kind, namespace, access }) => ({
    kind: kind === "system" ? "system" : "project",
    namespace,
    access: access.map(pairOf),
  }));
}

/** As the API takes them. What has no pairs is left out: it gives nothing. */
export function toPermissions(grants: Grant[]): Robot["permissions"] {
  return grants
    .filter(({ access }) => access.length > 0)
    .map(({ kind, namespace, access }) => ({
      kind,
      namespace,
      access: access.map((pair) => {
        const [resource = "", action = ""] = pair.split(":");
        return { resource, action };
      }),
    }));
}

export type Preset = "pull" | "push" | "everything";

/** The pairs of each preset, out of what can be given. */
export function presets(catalogue: Permission[]): Record<Preset, string[]> {
  return {
    pull: ["repository:pull"],
    push: ["repository:pull", "repository:push"],
    everything: catalogue.map(pairOf),
  };
}

/** Which preset a set is. A project's robot that pushes pulls as well, so that may be left out. */
export function presetOf(access: string[], catalogue: Permission[] | undefined, level: Level): Preset | null {
  if (access.length === 0) return null;
  const effective = new Set(access);
  if (level === "project" && effective.has("repository:push")) effective.add("repository:pull");
  const same = (pairs: string[]) =>
    pairs.length === effective.size && pairs.every((pair) => effective.has(pair));
  const all = presets(catalogue ?? []);
  return (["pull", "push", "everything"] as const).find((name) => same(all[name])) ?? null;
}

/** Whose robot it is: for the system's, pushing does not mean pulling. */
export type Level = "system" | "project";

export const ACTIONS = ["pull", "push", "list", "read", "create", "update", "delete", "stop"] as const;

/** What robots are made for stands first; the rest as the server has it. */
const FIRST = [
  "repository",
  "artifact",
  "tag",
  "accessory",
  "artifact-addition",
  "artifact-label",
  "scan",
  "sbom",
];

/** A line per resource, with the actions that can be given on it. */
export function matrix(catalogue: Permission[]): { resource: string; actions: string[] }[] {
  const lines = new Map<string, string[]>();
  for (const { resource, action } of catalogue) {
    lines.set(resource, [...(lines.get(resource) ?? []), action]);
  }
  const first = FIRST.filter((resource) => lines.has(resource));
  const order = [...first, ...[...lines.keys()].filter((resource) => !first.includes(resource))];
  return order.map((resource) => ({ resource, actions: lines.get(resource) ?? [] }));
}

/** The columns of a matrix: the known actions in their order, then those that we do not know. */
export function actionsOf(catalogue: Permission[]): string[] {
  const offered = new Set(catalogue.map(({ action }) => action));
  const known: string[] = ACTIONS.filter((action) => offered.has(action));
  return [...known, ...[...offered].filter((action) => !known.includes(action))];
}

export const VERBS = ["pull", "push", "see", "create", "start", "update", "delete", "stop"] as const;
export type Verb = (typeof VERBS)[number];

/** What runs: to create one is to start it. */
const RUNS = ["export-cve", "garbage-collection", "purge-audit", "replication", "sbom", "scan", "scan-all"];

/** How an action is said of a resource: listing and reading are both seeing. */
function verbOf(resource: string, action: string): string {
  if (action === "list" || action === "read") return "see";
  return action === "create" && RUNS.includes(resource) ? "start" : action;
}

/** What a set amounts to, by verb. Actions that we do not know stand by themselves. */
export function amounts(access: string[], level: Level): { verb: string; resources: string[] }[] {
  const found = new Map<string, string[]>(VERBS.map((verb) => [verb, []]));
  const pairs =
    level === "project" && access.includes("repository:push") ? [...access, "repository:pull"] : access;
  for (const pair of pairs) {
    const [resource = "", action = ""] = pair.split(":");
    const verb = verbOf(resource, action);
    const resources = found.get(verb) ?? [];
    if (!resources.includes(resource)) resources.push(resource);
    found.set(verb, resources);
  }
  return [...found]
    .filter(([, resources]) => resources.length > 0)
    .map(([verb, resources]) => ({ verb, resources }));
}

export type Caution = "members" | "robots" | "deleteProject" | "users" | "pushOnly";

/** What a person who gives these should think of. */
export function cautions({ kind, access }: Grant, level: Level): Caution[] {
  const has = (...pairs: string[]) => pairs.some((pair) => access.includes(pair));
  const found: Caution[] = [];
  if (kind === "project" && has("member:create", "member:update")) found.push("members");
  if (has("robot:create")) found.push("robots");
  if (kind === "project" && has("project:delete")) found.push("deleteProject");
  if (kind === "system" && has("user:create", "user:update")) found.push("users");
  if (level === "system" && has("repository:push") && !has("repository:pull")) found.push("pushOnly");
  return found;
}
