/** What the pages of clean-up read and change. The four kinds of runs have the same calls under four paths. */

import { queryOptions } from "@tanstack/react-query";
import { ApiError, api, data, page, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import type { ListState } from "~/ui/list-state";
import { isLive } from "~/ui/Status";
import type { Kind } from "./run";

export type Run = Schemas["GCHistory"];
export type Quarantined = Schemas["Quarantined"];
type Query = ListState["query"];
type Order = Schemas["Schedule"];

const CALLS = {
  gc: {
    list: (query: Query) => api.GET("/system/gc", { params: { query } }),
    schedule: () => api.GET("/system/gc/schedule"),
    begin: (body: Order) => api.POST("/system/gc/schedule", { body }),
    put: (body: Order) => api.PUT("/system/gc/schedule", { body }),
    stop: (gc_id: number) => api.PUT("/system/gc/{gc_id}", { params: { path: { gc_id } } }),
  },
  purgeaudit: {
    list: (query: Query) => api.GET("/system/purgeaudit", { params: { query } }),
    schedule: () => api.GET("/system/purgeaudit/schedule"),
    begin: (body: Order) => api.POST("/system/purgeaudit/schedule", { body }),
    put: (body: Order) => api.PUT("/system/purgeaudit/schedule", { body }),
    stop: (purge_id: number) => api.PUT("/system/purgeaudit/{purge_id}", { params: { path: { purge_id } } }),
  },
  fsck: {
    list: (query: Query) => api.GET("/system/fsck", { params: { query } }),
    schedule: () => api.GET("/system/fsck/schedule"),
    begin: (body: Order) => api.POST("/system/fsck/schedule", { body }),
    put: (body: Order) => api.PUT("/system/fsck/schedule", { body }),
    stop: (fsck_id: number) => api.PUT("/system/fsck/{fsck_id}", { params: { path: { fsck_id } } }),
  },
  scrub: {
    list: (query: Query) => api.GET("/system/scrub", { params: { query } }),
    schedule: () => api.GET("/system/scrub/schedule"),
    begin: (body: Order) => api.POST("/system/scrub/schedule", { body }),
    put: (body: Order) => api.PUT("/system/scrub/schedule", { body }),
    stop: (scrub_id: number) => api.PUT("/system/scrub/{scrub_id}", { params: { path: { scrub_id } } }),
  },
} as const;

export function callsOf(kind: Kind) {
  return CALLS[kind];
}

export function runsQuery(kind: Kind, query: Query) {
  return queryOptions({
    queryKey: ["cleanup", kind, "runs", query],
    queryFn: () => page(callsOf(kind).list(query)),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ job_status }) => isLive(job_status)) ? LIVE : false,
  });
}

/** The schedule; without one an empty object. */
export function scheduleQuery(kind: Kind) {
  return queryOptions({
    queryKey: ["cleanup", kind, "schedule"],
    queryFn: () => data(callsOf(kind).schedule()),
  });
}

export function logPath(kind: Kind, run: Run): string {
  return `/system/${kind}/${run.id}/log`;
}

export const volumesQuery = queryOptions({
  queryKey: ["systeminfo", "volumes"],
  queryFn: () => data(api.GET("/systeminfo/volumes")),
});

/** Why a blob is kept; null for one that the registry does not have. */
export function blobQuery(digest: string) {
  return queryOptions({
    queryKey: ["cleanup", "blob", digest],
    queryFn: async () => {
      try {
        return await data(api.GET("/system/gc/blobs/{digest}", { params: { path: { digest } } }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
}

export function quarantineQuery({ query }: ListState) {
  return queryOptions({
    queryKey: ["cleanup", "quarantine", query],
    queryFn: () => page(api.GET("/system/quarantine", { params: { query } })),
    placeholderData: (before) => before,
  });
}

export function keepQuarantined(quarantine_id: number) {
  return api.PUT("/system/quarantine/{quarantine_id}", {
    params: { path: { quarantine_id } },
  });
}

export function deleteQuarantined(quarantine_id: number) {
  return api.DELETE("/system/quarantine/{quarantine_id}", {
    params: { path: { quarantine_id } },
  });
}
