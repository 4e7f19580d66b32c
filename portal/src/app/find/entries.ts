/** What can be gone to or done from the search and the command palette. */

import { useQuery } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { setPreferences, useIsDark, usePreferences } from "~/app/preferences";
import {
  projectPermissionsQuery,
  useCurrentUser,
  useIsAdmin,
  useMayCreateProject,
  useSignOut,
} from "~/app/session";
import { openTabs } from "~/features/projects/tabs";
import { useNotify } from "~/ui/notify";
import { ADMINISTRATION } from "../pages";
import { type Found, projectAddress, repositoryAddress } from "./search";

export type Kind = "project" | "repository" | "page" | "action";

export interface Entry {
  id: string;
  kind: Kind;
  label: string;
  /** Words that find it, too. */
  also?: string;
  run: () => void;
}

/** What Harbor calls pages, in the language of its documentation. */
const HARBOR: Readonly<Record<string, string>> = {
  "/audit-log": "Logs",
  "/admin/robots": "Robot Accounts",
  "/admin/quotas": "Project Quotas",
  "/admin/scanners": "Interrogation Services",
  "/admin/scanners?tab=vulnerability": "Interrogation Services Vulnerability",
  "/admin/cleanup": "Clean Up",
  "/admin/cleanup?tab=gc": "GC",
  "/admin/cleanup?tab=audit-log": "Log Rotation Purge",
  "/admin/jobs": "Job Service Dashboard",
  "/admin/configuration": "Settings",
  "/account": "User Profile",
  retention: "Policy Tag Retention",
  immutability: "Policy Tag Immutability",
  "audit-log": "Logs",
};

/** The tabs of pages of the administration: page, tab, and text. */
const PARTS = [
  ["cleanup", "gc", "cleanup:tab.gc"],
  ["cleanup", "audit-log", "cleanup:tab.purgeaudit"],
  ["cleanup", "check", "cleanup:tab.fsck"],
  ["cleanup", "scrub", "cleanup:tab.scrub"],
  ["cleanup", "quarantine", "cleanup:tab.quarantine"],
  ["scanners", "vulnerability", "scanners:tab.everything"],
  ["jobs", "queues", "jobs:tab.queues"],
  ["jobs", "schedules", "jobs:tab.schedules"],
  ["jobs", "workers", "jobs:tab.workers"],
  ["configuration", "auth", "configuration:tab.auth"],
  ["configuration", "security", "configuration:tab.security"],
  ["configuration", "system", "configuration:tab.system"],
] as const;

const OWN_TEXTS = ["common"] as const;
const TEXTS_OF_PARTS = ["common", "cleanup", "scanners", "jobs", "configuration"] as const;

/** How many of the projects, and of the repositories, are suggested. */
const SUGGESTED = 6;

/** The projects and repositories that were found. */
export function useFoundEntries(found: Found | undefined): Entry[] {
  const { history } = useRouter();
  const projects = (found?.project ?? []).slice(0, SUGGESTED).map(({ name }) => ({
    id: `project-${name}`,
    kind: "project" as const,
    label: name,
    run: () => history.push(projectAddress(name)),
  }));
  const repositories = (found?.repository ?? []).slice(0, SUGGESTED).map((one) => ({
    id: `repository-${one.repository_name}`,
    kind: "repository" as const,
    label: one.repository_name,
    run: () => history.push(repositoryAddress(one.project_name, one.repository_name)),
  }));
  return [...projects, ...repositories];
}

/** The parts of the project that is open. */
function useProjectPages(): Entry[] {
  const { t } = useTranslation();
  const { history } = useRouter();
  const { project } = useParams({ strict: false });
  const { data: allowed } = useQuery({
    ...projectPermissionsQuery(project ?? ""),
    enabled: project !== undefined,
  });
  if (project === undefined) return [];
  const tabs = openTabs((resource, action) => allowed?.has(`${resource}:${action}`) ?? false);
  return tabs.map(([path, label]) => ({
    id: `page-${path}`,
    kind: "page",
    label: t("find.inProject", { page: t(`tabs.${label}`), project }),
    also: HARBOR[path],
    run: () => history.push(`${projectAddress(project)}/${path}`),
  }));
}

/** The pages of the console that this person may open. */
function usePages(): Entry[] {
  const { t } = useTranslation();
  const { history } = useRouter();
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  const page = (path: string, label: string): Entry => ({
    id: `page-${path}`,
    kind: "page",
    label,
    also: HARBOR[path],
    run: () => history.push(path),
  });
  return [
    page("/projects", t("nav.projects")),
    ...(user ? [page("/audit-log", t("nav.auditLog")), page("/account", t("shell.account"))] : []),
    ...(isAdmin ? ADMINISTRATION.map((name) => page(`/admin/${name}`, t(`nav.${name}`))) : []),
    page("/preferences", t("shell.preferences")),
    page("/about", t("shell.about")),
  ];
}

/** The tabs of the administration. Their texts are loaded once somebody types, and are waited for by nothing. */
function useParts(isWanted: boolean): Entry[] {
  const { history } = useRouter();
  const isAdmin = useIsAdmin();
  const isShown = isWanted && isAdmin;
  const { t, ready } = useTranslation(isShown ? TEXTS_OF_PARTS : OWN_TEXTS, { useSuspense: false });
  if (!isShown || !ready) return [];
  return PARTS.map(([page, tab, text]) => {
    const path = `/admin/${page}?tab=${tab}`;
    return {
      id: `page-${path}`,
      kind: "page",
      label: t("find.inProject", { project: t(`nav.${page}`), page: t(text) }),
      also: HARBOR[path],
      run: () => history.push(path),
    };
  });
}

/** What can be done from anywhere. */
function useActions(): Entry[] {
  const { t } = useTranslation();
  const { history } = useRouter();
  const user = useCurrentUser();
  const signOut = useSignOut();
  const notify = useNotify();
  const isDark = useIsDark();
  const { compact } = usePreferences();
  const mayCreate = useMayCreateProject();
  const action = (id: string, label: string, run: () => void): Entry => ({
    id: `action-${id}`,
    kind: "action",
    label,
    run,
  });
  const here = history.location.href;
  return [
    ...(mayCreate
      ? [action("new-project", t("shell.newProject"), () => history.push("/projects?new=true"))]
      : []),
    action("theme", t(isDark ? "shell.toLight" : "shell.toDark"), () =>
      setPreferences({ theme: isDark ? "light" : "dark" }),
    ),
    action("density", t(compact ? "shell.toSpacious" : "shell.toCompact"), () =>
      setPreferences({ compact: !compact }),
    ),
    action("explorer", t("shell.openApi"), () => window.open("/api/explorer/", "_blank", "noopener")),
    user
      ? action("sign-out", t("shell.signOut"), async () => {
          try {
            await signOut();
            history.push("/account/sign-in");
          } catch (error) {
            notify.failure(error);
          }
        })
      : action("sign-in", t("shell.signIn"), () =>
          history.push(`/account/sign-in?next=${encodeURIComponent(here)}`),
        ),
  ];
}

/** Whether each word of the text is somewhere in the label. */
export function matches(label: string, text: string): boolean {
  const where = label.toLocaleLowerCase();
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word));
}

/** The pages and actions that a text may mean; all of them if there is none. */
export function useCommands(text: string): Entry[] {
  const inProject = useProjectPages();
  const pages = usePages();
  const parts = useParts(text !== "");
  const actions = useActions();
  return [...inProject, ...pages, ...parts, ...actions].filter(({ label, also = "" }) =>
    matches(`${label} ${also}`, text),
  );
}
