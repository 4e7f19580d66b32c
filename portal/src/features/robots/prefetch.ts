/** What is asked of the server while the page of a project's robots is still on its way; loaded with it. */

import type { QueryClient } from "@tanstack/react-query";
import { PROJECT_ADMIN, viewer } from "~/features/projects/prefetch";
import { catalogueQuery } from "./queries";

/** Who may make robots is told what they can be given: known from the role before it is from permissions. */
export async function prefetchCatalogue(queries: QueryClient, project: string): Promise<void> {
  const { isAdmin, role } = await viewer(queries, project);
  if (isAdmin || role === PROJECT_ADMIN) queries.prefetchQuery(catalogueQuery);
}
