/** What is asked of the server while a page of artifacts is still on its way; loaded with these pages. */

import type { QueryClient } from "@tanstack/react-query";
import { repositoryQuery } from "~/features/repositories/queries";
import { readState } from "~/ui/list-state";
import { artifactQ, FILTERS } from "./filter";
import { ATTACHED, accessoriesQuery, artifactQuery, artifactsQuery, type Place } from "./queries";

export function prefetchRepository(
  queries: QueryClient,
  place: Place,
  search: Record<string, unknown>,
): void {
  const { query, filters } = readState(search, FILTERS);
  queries.prefetchQuery(repositoryQuery(place.project, place.repository));
  queries.prefetchQuery(artifactsQuery(place, { ...query, q: artifactQ(filters) }));
}

export function prefetchArtifact(queries: QueryClient, place: Place, reference: string): void {
  queries.prefetchQuery(artifactQuery(place, reference));
}

/** What refers to it, by the name that the address has: its digest is not known yet. */
export function prefetchAttached(
  queries: QueryClient,
  place: Place,
  reference: string,
  search: Record<string, unknown>,
): void {
  queries.prefetchQuery(accessoriesQuery(place, reference, readState(search, [], ATTACHED).query));
}
