/** What is asked of the server while the page of repositories is still on its way; loaded with it. */

import type { QueryClient } from "@tanstack/react-query";
import { readState } from "~/ui/list-state";
import { FILTERS, repositoriesQuery } from "./queries";

export function prefetchRepositories(
  queries: QueryClient,
  project: string,
  search: Record<string, unknown>,
): void {
  queries.prefetchQuery(repositoriesQuery(project, readState(search, FILTERS)));
}
