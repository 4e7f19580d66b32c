/** The parts of a project, and who finds which. */

/** Each tab's path, text, and the permission that shows it. */
const TABS = [
  ["summary", "summary", "project", "read"],
  ["repositories", "repositories", "repository", "list"],
  ["members", "members", "member", "list"],
  ["labels", "labels", "label", "list"],
  ["scanner", "scanner", "scanner", "read"],
  ["retention", "retention", "tag-retention", "read"],
  ["immutability", "immutability", "immutable-tag", "list"],
  ["robots", "robots", "robot", "list"],
  ["webhooks", "webhooks", "notification-policy", "list"],
  ["audit-log", "auditLog", "log", "list"],
  ["deleted", "deleted", "repository", "delete"],
  ["configuration", "configuration", "configuration", "read"],
] as const;

/** Open to everybody who sees the project at all. */
const OPEN = new Set(["summary", "repositories"]);

/** The tabs that a person with these permissions may open: path and text. */
export function openTabs(can: (resource: string, action: string) => boolean) {
  return TABS.filter(([path, , resource, action]) => OPEN.has(path) || can(resource, action)).map(
    ([path, label]) => [path, label] as const,
  );
}
