/** What the pages of repositories read and change. */

import { queryOptions } from "@tanstack/react-query";
import { ApiError, api, page, repositoryParam, type Schemas } from "~/api/client";
import type { Filter, ListState } from "~/ui/list-state";

export type Repository = Schemas["Repository"];

/** A repository's name within its project. */
export function shortName(fullName: string): string {
  return fullName.slice(fullName.indexOf("/") + 1);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", "#34": '"', "#39": "'", quot: '"' };

/** A repository's description as it was written: the server keeps it escaped for HTML, as Harbor does. */
export function plainDescription({ description = "" }: Pick<Repository, "description">): string {
  return description.replace(/&(amp|lt|gt|quot|#34|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** The filters of the list, without their texts. */
export const FILTERS: Filter[] = [{ key: "name", label: "" }];

export function repositoriesQuery(project: string, { query }: Pick<ListState, "query">) {
  return queryOptions({
    queryKey: ["repositories", project, "list", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name}/repositories", {
          params: { path: { project_name: project }, query },
        }),
      ),
    placeholderData: (before) => before,
  });
}

/** One repository, from the list: visitors of a public project may read that, and not the repository itself. */
export function repositoryQuery(project: string, name: string) {
  return queryOptions({
    queryKey: ["repositories", project, "one", name],
    queryFn: async () => {
      const { items } = await page(
        api.GET("/projects/{project_name}/repositories", {
          params: {
            path: { project_name: project },
            query: { q: `name=${project}/${name}`, page: 1, page_size: 1 },
          },
        }),
      );
      if (!items[0]) throw new ApiError(404, "NOT_FOUND", `${project}/${name}`, null);
      return items[0];
    },
  });
}

export function updateDescription(project: string, name: string, description: string) {
  return api.PUT("/projects/{project_name}/repositories/{repository_name}", {
    params: { path: { project_name: project, repository_name: repositoryParam(name) } },
    body: { description },
  });
}

export function deleteRepository(project: string, name: string) {
  return api.DELETE("/projects/{project_name}/repositories/{repository_name}", {
    params: { path: { project_name: project, repository_name: repositoryParam(name) } },
  });
}
