/** Pages of the administration, in the order of how often they are needed. */
export const ADMINISTRATION = [
  "users",
  "groups",
  "robots",
  "labels",
  "quotas",
  "scanners",
  "cleanup",
  "jobs",
  "configuration",
] as const;
