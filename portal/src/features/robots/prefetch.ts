/** What is asked of the server while the page of a project's robots is still on its way; loaded with it. */

import type { QueryClient } from "@tanstack/react-query";
import { currentUserQuery, isAdministrator } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { catalogueQuery } from "./queries";

const PROJECT_ADMIN = 1;

/** Who may make robots is told what they can be given: known from the role before it is from permissions. */
export async function prefetchCatalogue(queries: QueryClient, project: string): Promise<void> {
  const [user, { current_user_role_id: role }] = await Promise.all([
    queries.ensureQueryData(currentUserQuery),
    queries.ensureQueryData(projectQuery(project)),
  ]);
  if (isAdministrator(user) || role === PROJECT_ADMIN) queries.prefetchQuery(catalogueQuery);
}
