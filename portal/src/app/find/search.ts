/** Finding projects and repositories by a part of their names. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "~/api/client";

export type Found = Schemas["Search"];

/** Most of each kind that the server tells. */
export const MOST = 100;

export function searchQuery(text: string) {
  return queryOptions({
    queryKey: ["search", text],
    queryFn: ({ signal }): Promise<Found> =>
      data(api.GET("/search", { params: { query: { q: text } }, signal })),
    enabled: text !== "",
    staleTime: 15_000,
    placeholderData: (before) => (text ? before : undefined),
  });
}

export function projectAddress(name: string): string {
  return `/projects/${encodeURIComponent(name)}`;
}

/** The page of a repository, which is called as its project and the rest. */
export function repositoryAddress(project: string, repository: string): string {
  const name = repository.startsWith(`${project}/`) ? repository.slice(project.length + 1) : repository;
  return `${projectAddress(project)}/repositories/${encodeURIComponent(name)}`;
}
