/** What the summary of a project shows. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, data, page } from "~/api/client";

export function summaryQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "summary"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/summary", {
          params: { path: { project_name_or_id: project }, header: BY_NAME },
        }),
      ),
  });
}

/** What the project stored on each day of a year, for its members. */
export function growthQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "growth"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/growth", {
          params: { path: { project_name_or_id: project }, query: { days: 366 }, header: BY_NAME },
        }),
      ),
  });
}

/** What undo holds of a project. `least` says that there may be more. */
export interface Held {
  bytes: number;
  least: boolean;
}

/** As the quota has it, which only administrators of the system may read. */
export function quotaHeldQuery(project: string, id: number) {
  return queryOptions({
    queryKey: ["projects", project, "held", "quota"],
    queryFn: async (): Promise<Held> => {
      const query = { reference: "project", reference_id: String(id) };
      const [quota] = await data(api.GET("/quotas", { params: { query } }));
      return { bytes: quota?.undo.storage ?? 0, least: false };
    },
  });
}

/** Added up of the latest deletions, for those who may see them. */
export function deletionsHeldQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "held", "deletions"],
    queryFn: async (): Promise<Held> => {
      const { items, total } = await page(
        api.GET("/projects/{project_name_or_id}/deletions", {
          params: { path: { project_name_or_id: project }, query: { page_size: 100 }, header: BY_NAME },
        }),
      );
      return { bytes: items.reduce((sum, { size }) => sum + size, 0), least: total > items.length };
    },
  });
}

/** Repositories among which the largest are looked for: lists can't be sorted by how much is in them. */
export function sampleOfRepositoriesQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "largest"],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name}/repositories", {
          params: { path: { project_name: project }, query: { page_size: 100, sort: "-update_time" } },
        }),
      ),
  });
}

/** How many days of pushes and pulls are shown at most. */
export const MOST_DAYS = 90;

/** Pushes and pulls of each day, for the project's members. */
export function activityQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "activity"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/activity", {
          params: {
            path: { project_name_or_id: project },
            query: { days: MOST_DAYS },
            header: BY_NAME,
          },
        }),
      ),
    staleTime: 60_000,
  });
}

/** What happened last. */
export function recentQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "recent"],
    queryFn: async () => {
      const call = api.GET("/projects/{project_name}/auditlog-exts", {
        params: { path: { project_name: project }, query: { page_size: 8, sort: "-op_time" } },
      });
      return data(call);
    },
  });
}
