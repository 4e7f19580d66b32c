/** What the pages of projects read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, data, page, type Schemas } from "~/api/client";
import type { ListState } from "~/ui/list-state";

export type Project = Schemas["Project"];

export function projectsQuery({ query }: Pick<ListState, "query">) {
  return queryOptions({
    queryKey: ["projects", "list", query],
    queryFn: () => page(api.GET("/projects", { params: { query: { ...query, with_detail: true } } })),
    placeholderData: (before) => before,
  });
}

export function projectQuery(name: string) {
  return queryOptions({
    queryKey: ["projects", name],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}", {
          params: { path: { project_name_or_id: name }, header: BY_NAME },
        }),
      ),
  });
}

/** Whether a project can be deleted, and if not, why. Asked anew whenever somebody wants to. */
export function deletableQuery(name: string) {
  return queryOptions({
    queryKey: ["deletable", name],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/_deletable", {
          params: { path: { project_name_or_id: name }, header: BY_NAME },
        }),
      ),
    // As long as the dialog is open it says the same.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export const statisticsQuery = queryOptions({
  queryKey: ["statistics"],
  queryFn: () => data(api.GET("/statistics")),
});

export function createProject(body: Schemas["ProjectReq"]) {
  return api.POST("/projects", { body });
}

export function deleteProject(name: string) {
  return api.DELETE("/projects/{project_name_or_id}", {
    params: { path: { project_name_or_id: name }, header: BY_NAME },
  });
}
