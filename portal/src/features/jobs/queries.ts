/** What the page of jobs reads and changes. All of it is read again and again while somebody looks. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, page, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import type { ListState } from "~/ui/list-state";

export type Queue = Schemas["JobQueue"];
export type Worker = Schemas["Worker"];
export type Pool = Schemas["WorkerPool"];
export type ScheduledTask = Schemas["ScheduleTask"];

/** The queue whose jobs begin what is scheduled: paused, no schedule fires. */
export const SCHEDULER = "SCHEDULER";

export const queuesQuery = queryOptions({
  queryKey: ["jobs", "queues"],
  queryFn: () => data(api.GET("/jobservice/queues")),
  refetchInterval: LIVE,
});

export type QueueAction = "stop" | "pause" | "resume";

/** Acts on the queue of a type, or on all with `all`. */
export function actOnQueue(job_type: string, action: QueueAction) {
  return api.PUT("/jobservice/queues/{job_type}", { params: { path: { job_type } }, body: { action } });
}

/** What came to an end in each of the last hours; the server counts by the minute. */
export function throughputQuery(hours: number) {
  return queryOptions({
    queryKey: ["throughput", hours],
    queryFn: () => data(api.GET("/jobservice/throughput", { params: { query: { hours } } })),
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
}

export const poolsQuery = queryOptions({
  queryKey: ["jobs", "pools"],
  queryFn: () => data(api.GET("/jobservice/pools")),
  refetchInterval: LIVE,
});

export const workersQuery = queryOptions({
  queryKey: ["jobs", "workers"],
  queryFn: () =>
    data(api.GET("/jobservice/pools/{pool_id}/workers", { params: { path: { pool_id: "all" } } })),
  refetchInterval: LIVE,
});

/** Stops a running job, or all with `all`. */
export function stopJob(job_id: string) {
  return api.PUT("/jobservice/jobs/{job_id}", { params: { path: { job_id } } });
}

export function schedulesQuery({ query: { page: number, page_size } }: ListState) {
  return queryOptions({
    queryKey: ["schedules", number, page_size],
    queryFn: () => page(api.GET("/schedules", { params: { query: { page: number, page_size } } })),
    placeholderData: (before) => before,
  });
}

/** The project that a policy of retention is for. */
export function projectOfQuery(policy: number) {
  return queryOptions({
    queryKey: ["retention", policy, "project"],
    queryFn: async () => {
      const { scope } = await data(api.GET("/retentions/{id}", { params: { path: { id: policy } } }));
      const path = { project_name_or_id: String(scope?.ref ?? 0) };
      return (await data(api.GET("/projects/{project_name_or_id}", { params: { path } }))).name;
    },
    staleTime: 60_000,
  });
}

export const pausedQuery = queryOptions({
  queryKey: ["schedules", "paused"],
  queryFn: () => data(api.GET("/schedules/{job_type}/paused", { params: { path: { job_type: "all" } } })),
});
