/**
 * Addresses of Harbor's console, which stand in bookmarks, mails and wikis: each leads to the page that
 * does the same here. Harbor names projects by their numbers.
 */

const PAGES = new Map([
  ["projects", "/projects"],
  ["logs/audit-log", "/audit-log"],
  ["logs/audit-legacy-log", "/audit-log"],
  ["users", "/admin/users"],
  ["groups", "/admin/groups"],
  ["robot-accounts", "/admin/robots"],
  ["labels", "/admin/labels"],
  ["project-quotas", "/admin/quotas"],
  ["interrogation-services/scanners", "/admin/scanners"],
  ["interrogation-services/vulnerability", "/admin/scanners?tab=vulnerability"],
  ["clearing-job/gc", "/admin/cleanup"],
  ["clearing-job/audit-log-purge", "/admin/cleanup?tab=audit-log"],
  ["job-service-dashboard/pending-jobs", "/admin/jobs"],
  ["job-service-dashboard/schedules", "/admin/jobs?tab=schedules"],
  ["job-service-dashboard/workers", "/admin/jobs?tab=workers"],
  ["configs/auth", "/admin/configuration"],
  ["configs/security", "/admin/configuration?tab=security"],
  ["configs/setting", "/admin/configuration?tab=system"],
]);

const TABS = new Map([
  ["tag-strategy", "retention"],
  ["tag-strategy/tag-retention", "retention"],
  ["tag-strategy/immutable-tag", "immutability"],
  ["robot-account", "robots"],
  ["webhook", "webhooks"],
  ["logs/project-audit-log", "audit-log"],
  ["logs/project-audit-legacy-log", "audit-log"],
  ["logs", "audit-log"],
  ["configs", "configuration"],
]);

/** The path here for the rest of a path of Harbor's console; `nameOf` tells a project's name by its number. */
export async function translate(rest: string, nameOf: (id: string) => Promise<string>): Promise<string> {
  try {
    return await lookUp(rest, nameOf);
  } catch (error) {
    // An address that was cut off or mistyped.
    if (error instanceof URIError) return "/projects";
    throw error;
  }
}

async function lookUp(rest: string, nameOf: (id: string) => Promise<string>): Promise<string> {
  const path = rest.replace(/\/+$/, "");
  const project = /^projects\/(\d+)(?:\/(.*))?$/.exec(path);
  if (!project?.[1]) return PAGES.get(path) ?? "/projects";
  const home = `/projects/${encodeURIComponent(await nameOf(project[1]))}`;
  const inside = project[2] ?? "summary";
  const artifact = /^repositories\/(.+)\/artifacts-tab\/artifacts\/([^/]+)$/.exec(inside);
  if (artifact)
    return `${home}/repositories/${encodeURIComponent(decode(artifact[1]))}/artifacts/${artifact[2]}`;
  const repository = /^repositories\/(.+?)(?:\/(?:info|artifacts)-tab.*)?$/.exec(inside);
  if (repository) return `${home}/repositories/${encodeURIComponent(decode(repository[1]))}`;
  return `${home}/${TABS.get(inside) ?? inside}`;
}

function decode(name = ""): string {
  return decodeURIComponent(decodeURIComponent(name));
}
