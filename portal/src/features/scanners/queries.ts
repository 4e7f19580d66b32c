/** What the pages of scanners read and change. */

import { queryOptions } from "@tanstack/react-query";
import { ApiError, api, BY_NAME, data, page, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import type { ListState } from "~/ui/list-state";

export type Scanner = Schemas["ScannerRegistration"];
export type ScannerRequest = Schemas["ScannerRegistrationReq"];

export function scannersQuery({ query }: ListState) {
  return queryOptions({
    queryKey: ["scanners", "list", query],
    queryFn: () => page(api.GET("/scanners", { params: { query } })),
    placeholderData: (before) => before,
  });
}

export function metadataQuery(registration_id: string) {
  return queryOptions({
    queryKey: ["scanners", registration_id, "metadata"],
    queryFn: () =>
      data(api.GET("/scanners/{registration_id}/metadata", { params: { path: { registration_id } } })),
    retry: false,
  });
}

export function createScanner(body: ScannerRequest) {
  return api.POST("/scanners", { body });
}

/** Tries what would be a scanner. */
export function pingScanner(body: Schemas["ScannerRegistrationSettings"]) {
  return api.POST("/scanners/ping", { body });
}

/** Tries a scanner that is known, by the credential that is kept. */
export function askScanner(registration_id: string) {
  return api.GET("/scanners/{registration_id}/metadata", { params: { path: { registration_id } } });
}

export function updateScanner(registration_id: string, body: ScannerRequest) {
  return api.PUT("/scanners/{registration_id}", { params: { path: { registration_id } }, body });
}

export function setDefaultScanner(registration_id: string) {
  return api.PATCH("/scanners/{registration_id}", {
    params: { path: { registration_id } },
    body: { is_default: true },
  });
}

export function deleteScanner(registration_id: string) {
  return api.DELETE("/scanners/{registration_id}", { params: { path: { registration_id } } });
}

/** A scanner as it is, to be sent with a change; without a credential it keeps its own. */
export function requestOf(scanner: Scanner): ScannerRequest {
  const { name, description, url, auth, disabled, skip_certVerify, use_internal_addr } = scanner;
  return { name, description, url, auth, disabled, skip_certVerify, use_internal_addr };
}

/** Null where there is no scanner yet, which the server calls a precondition. */
async function unlessNone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) return null;
    throw error;
  }
}

export const scanAllQuery = queryOptions({
  queryKey: ["scanners", "all", "metrics"],
  queryFn: () => unlessNone(data(api.GET("/scans/all/metrics"))),
  refetchInterval: ({ state }) => (state.data?.ongoing ? LIVE : false),
});

export const scanScheduleQuery = queryOptions({
  queryKey: ["scanners", "all", "schedule"],
  queryFn: () => unlessNone(data(api.GET("/system/scanAll/schedule"))),
});

export function scanAll() {
  return api.POST("/system/scanAll/schedule", { body: { schedule: { type: "Manual" } } });
}

export function stopScanAll() {
  return api.POST("/system/scanAll/stop");
}

export function putScanSchedule(schedule: Schemas["ScheduleObj"]) {
  return api.PUT("/system/scanAll/schedule", { body: { schedule } });
}

/** The scanner of a project; null where there is none. */
export function projectScannerQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "scanner"],
    queryFn: async () => {
      const found = await data(
        api.GET("/projects/{project_name_or_id}/scanner", {
          params: { path: { project_name_or_id: project }, header: BY_NAME },
        }),
      );
      return found.uuid ? found : null;
    },
  });
}

export function candidatesQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "scanner", "candidates"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/scanner/candidates", {
          params: { path: { project_name_or_id: project }, header: BY_NAME, query: { page_size: 100 } },
        }),
      ),
  });
}

export function chooseScanner(project: string, uuid: string) {
  return api.PUT("/projects/{project_name_or_id}/scanner", {
    params: { path: { project_name_or_id: project }, header: BY_NAME },
    body: { uuid },
  });
}
