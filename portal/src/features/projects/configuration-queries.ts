/** What the configuration of a project reads and changes. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, data, type Schemas } from "~/api/client";

export const systemAllowlistQuery = queryOptions({
  queryKey: ["system", "allowlist"],
  queryFn: () => data(api.GET("/system/CVEAllowlist")),
});

/** Whether a scanner looks into the project's images: without one the answer is an empty object. */
export function hasScannerQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "has-scanner"],
    queryFn: async () => {
      const scanner = await data(
        api.GET("/projects/{project_name_or_id}/scanner", {
          params: { path: { project_name_or_id: project }, header: BY_NAME },
        }),
      );
      return Boolean(scanner.uuid);
    },
  });
}

export function updateProject(project: string, body: Schemas["ProjectReq"]) {
  return api.PUT("/projects/{project_name_or_id}", {
    params: { path: { project_name_or_id: project }, header: BY_NAME },
    body,
  });
}
