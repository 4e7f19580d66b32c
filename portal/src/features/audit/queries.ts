/** Entries of the audit log. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, page, type Schemas } from "~/api/client";
import type { ListState } from "~/ui/list-state";

export type Entry = Schemas["AuditLogExt"];

/** What happened in a project, or without one all that one may see. */
export function auditQuery(project: string | undefined, { query }: Pick<ListState, "query">) {
  return queryOptions({
    queryKey: ["audit", project ?? null, query],
    queryFn: () =>
      page(
        project === undefined
          ? api.GET("/auditlog-exts", { params: { query } })
          : api.GET("/projects/{project_name}/auditlog-exts", {
              params: { path: { project_name: project }, query },
            }),
      ),
    placeholderData: (before) => before,
  });
}

/** The types of events, such as `create_artifact`. Only administrators may ask for them. */
export const eventTypesQuery = queryOptions({
  queryKey: ["audit", "events"],
  queryFn: async () => (await data(api.GET("/auditlog-exts/events"))).map(({ event_type }) => event_type),
  staleTime: Number.POSITIVE_INFINITY,
});
