/** What is asked of the server while the page of retention is still on its way; loaded with it. */

import type { QueryClient } from "@tanstack/react-query";
import { projectQuery } from "~/features/projects/queries";
import { readState } from "~/ui/list-state";
import { policyQuery, RUNS, runsQuery } from "./queries";

/** The policy is named by its project. */
export async function prefetchRetention(
  queries: QueryClient,
  project: string,
  search: Record<string, unknown>,
): Promise<void> {
  const { metadata } = await queries.ensureQueryData(projectQuery(project));
  const id = Number(metadata.retention_id) || 0;
  if (id === 0) return;
  queries.prefetchQuery(policyQuery(id));
  queries.prefetchQuery(runsQuery(id, readState(search, [], RUNS)));
}
