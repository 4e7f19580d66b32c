/**
 * What the roles may do, in the words of a person who gives them. The server has the exact table
 * (docs/permissions.md), against which a test holds this one. Rights that exist for Harbor's clients only, such as
 * to export vulnerabilities, are left out: there is nothing yet that they let one do.
 */

/** The roles by their number in the API, from the strongest to the weakest. */
export const ROLES = [
  [1, "projectAdmin"],
  [4, "maintainer"],
  [2, "developer"],
  [3, "guest"],
  [5, "limitedGuest"],
] as const;

export type RoleName = (typeof ROLES)[number][1];

export function roleName(id: number): RoleName | undefined {
  return ROLES.find(([known]) => known === id)?.[1];
}

/** What may be done, by how many of `ROLES` from the strongest on, and the server's pairs for it. */
export const ABILITIES = [
  ["pull", 5, ["repository:pull", "artifact:read", "scan:read"]],
  ["lookAround", 4, ["member:list", "label:list", "robot:list"]],
  ["push", 3, ["repository:push", "artifact:create", "tag:create"]],
  ["labelArtifacts", 3, ["artifact-label:create", "artifact-label:delete"]],
  ["retention", 3, ["tag-retention:create", "tag-retention:delete", "tag-retention:operate"]],
  ["scan", 2, ["scan:create", "scan:stop"]],
  ["deleteArtifacts", 2, ["artifact:delete", "tag:delete", "repository:delete"]],
  ["labels", 2, ["label:create", "label:update", "label:delete"]],
  ["immutable", 2, ["immutable-tag:create", "immutable-tag:delete"]],
  ["seeWebhooks", 2, ["notification-policy:list", "notification-policy:read"]],
  ["webhooks", 1, ["notification-policy:create", "notification-policy:delete"]],
  ["robots", 1, ["robot:create", "robot:update", "robot:delete"]],
  ["members", 1, ["member:create", "member:update", "member:delete"]],
  ["configuration", 1, ["configuration:update", "metadata:update", "scanner:create"]],
  ["auditLog", 1, ["log:list"]],
  ["deleteProject", 1, ["project:delete"]],
] as const;

export type Ability = (typeof ABILITIES)[number][0];
