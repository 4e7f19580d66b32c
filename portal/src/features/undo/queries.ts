/** What was deleted in a project and can be had back. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, data, page, type Schemas } from "~/api/client";
import { isDigest } from "~/features/artifacts/filter";
import { type Filter, type ListState, toQ } from "~/ui/list-state";

export type Deletion = Schemas["Deletion"];
export type Restored = Schemas["RestoredDeletion"];

const KEYS: Filter[] = [
  { key: "repository", label: "" },
  { key: "kind", label: "", options: [] },
  { key: "tags", label: "" },
  { key: "name", label: "" },
  { key: "deleted_by", label: "" },
];

/** The `q` of the filters: what begins like a digest is looked for in names, any other text in tags. */
export function deletionQ({ name = "", ...rest }: Record<string, string>): string {
  return toQ(KEYS, { ...rest, [isDigest(name) ? "name" : "tags"]: name });
}

export function deletionsQuery(project: string, state: Pick<ListState, "query" | "filters">) {
  const q = deletionQ(state.filters);
  const query = { ...state.query, q: q || undefined };
  return queryOptions({
    queryKey: ["deletions", project, query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name_or_id}/deletions", {
          params: { path: { project_name_or_id: project }, query, header: BY_NAME },
        }),
      ),
    placeholderData: (before) => before,
  });
}

function one(project: string, id: number) {
  return { path: { project_name_or_id: project, deletion_id: id }, header: BY_NAME };
}

export function restore(project: string, id: number): Promise<Restored> {
  return data(
    api.POST("/projects/{project_name_or_id}/deletions/{deletion_id}/restore", { params: one(project, id) }),
  );
}

export function purge(project: string, id: number) {
  return api.DELETE("/projects/{project_name_or_id}/deletions/{deletion_id}", { params: one(project, id) });
}

export function purgeAll(project: string) {
  return api.DELETE("/projects/{project_name_or_id}/deletions", {
    params: { path: { project_name_or_id: project }, header: BY_NAME },
  });
}

/** How many deletions of a project can be undone, whatever filters show. */
export function countQuery(project: string) {
  return queryOptions({
    queryKey: ["deletions", project, "count"],
    queryFn: async () => {
      const call = api.GET("/projects/{project_name_or_id}/deletions", {
        params: { path: { project_name_or_id: project }, query: { page_size: 1 }, header: BY_NAME },
      });
      return (await page(call)).total;
    },
  });
}
