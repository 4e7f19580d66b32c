/** What the pages of the configuration read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "~/api/client";

export type Items = Schemas["ConfigurationsResponse"];
export type Changes = Schemas["Configurations"];

export const configurationsQuery = queryOptions({
  queryKey: ["configurations"],
  queryFn: () => data(api.GET("/configurations")),
});

export function saveConfigurations(body: Changes) {
  return api.PUT("/configurations", { body });
}

/** The kinds of entries that the audit log knows. */
export const eventsQuery = queryOptions({
  queryKey: ["auditlog-events"],
  queryFn: async () => (await data(api.GET("/auditlog-exts/events"))).map(({ event_type }) => event_type),
  staleTime: Number.POSITIVE_INFINITY,
});

export function saveAllowlist(ids: string[], expires_at: number | null) {
  return api.PUT("/system/CVEAllowlist", {
    body: { items: ids.map((cve_id) => ({ cve_id })), ...(expires_at !== null && { expires_at }) },
  });
}
