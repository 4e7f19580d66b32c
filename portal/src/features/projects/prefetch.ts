/** What is asked of the server while a page of projects is still on its way; loaded with these pages. */

import type { QueryClient } from "@tanstack/react-query";
import { currentUserQuery, isAdministrator } from "~/app/session";
import { readState } from "~/ui/list-state";
import { projectQuery, projectsQuery } from "./queries";
import {
  activityQuery,
  deletionsHeldQuery,
  growthQuery,
  quotaHeldQuery,
  recentQuery,
  sampleOfRepositoriesQuery,
  summaryQuery,
} from "./summary-queries";

/** The filters of the list, without their texts. */
const FILTERS = [
  { key: "name", label: "" },
  { key: "public", label: "", options: [] },
];

export function prefetchProjects(queries: QueryClient, search: Record<string, unknown>): void {
  queries.prefetchQuery(projectsQuery(readState(search, FILTERS)));
}

/** The roles that are told more of a project, by their numbers. */
export const PROJECT_ADMIN = 1;
const MAINTAINER = 4;

/** Who looks at a project, and by which role: known before the permissions that follow from it. */
export async function viewer(queries: QueryClient, name: string) {
  const [user, { project_id: id, current_user_role_id: role }] = await Promise.all([
    queries.ensureQueryData(currentUserQuery),
    queries.ensureQueryData(projectQuery(name)),
  ]);
  return { isAdmin: isAdministrator(user), id, role };
}

/**
 * What everybody sees is asked for with the project; the rest when it is known who looks, together with the
 * permissions, which decide what is shown. A role that is not known to see it is not asked for.
 */
export async function prefetchSummary(queries: QueryClient, name: string): Promise<void> {
  queries.prefetchQuery(summaryQuery(name));
  queries.prefetchQuery(sampleOfRepositoriesQuery(name));
  const { isAdmin, id, role } = await viewer(queries, name);
  if (isAdmin || role) {
    queries.prefetchQuery(growthQuery(name));
    queries.prefetchQuery(activityQuery(name));
  }
  if (isAdmin) queries.prefetchQuery(quotaHeldQuery(name, id));
  else if (role === PROJECT_ADMIN || role === MAINTAINER) queries.prefetchQuery(deletionsHeldQuery(name));
  if (isAdmin || role === PROJECT_ADMIN) queries.prefetchQuery(recentQuery(name));
}
