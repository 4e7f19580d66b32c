/** What the pages of artifacts change. */

import { useQueryClient } from "@tanstack/react-query";
import { ApiError, api, repositoryParam } from "~/api/client";
import { type Place, pathOf } from "./queries";

export function deleteArtifact(place: Place, digest: string) {
  return api.DELETE("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}", {
    params: { path: { ...pathOf(place), reference: digest } },
  });
}

export function copyArtifact(from: Place, digest: string, to: Place) {
  return api.POST("/projects/{project_name}/repositories/{repository_name}/artifacts", {
    params: {
      path: { project_name: to.project, repository_name: repositoryParam(to.repository) },
      query: { from: `${from.project}/${from.repository}@${digest}` },
    },
  });
}

export function createTag(place: Place, digest: string, name: string) {
  return api.POST("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/tags", {
    params: { path: { ...pathOf(place), reference: digest } },
    body: { name },
  });
}

export function deleteTag(place: Place, digest: string, name: string) {
  return api.DELETE(
    "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/tags/{tag_name}",
    { params: { path: { ...pathOf(place), reference: digest, tag_name: name } } },
  );
}

/** Attaches a label; that it was there already is no failure. */
export async function attachLabel(place: Place, digest: string, id: number): Promise<void> {
  try {
    await api.POST("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/labels", {
      params: { path: { ...pathOf(place), reference: digest } },
      body: { id },
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** Detaches a label; that it was not there any more is no failure. */
export async function detachLabel(place: Place, digest: string, id: number): Promise<void> {
  try {
    await api.DELETE(
      "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/labels/{label_id}",
      { params: { path: { ...pathOf(place), reference: digest, label_id: id } } },
    );
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

export function scan(place: Place, digest: string) {
  return api.POST("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/scan", {
    params: { path: { ...pathOf(place), reference: digest } },
    body: { scan_type: "vulnerability" },
  });
}

export function stopScan(place: Place, digest: string) {
  return api.POST("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/scan/stop", {
    params: { path: { ...pathOf(place), reference: digest } },
    body: { scan_type: "vulnerability" },
  });
}

/** Has everything read again that a change of artifacts may have changed, but for those that are gone. */
export function useRefresh(): (gone?: string[]) => Promise<void> {
  const queries = useQueryClient();
  return async (gone = []) => {
    await Promise.all([
      queries.invalidateQueries({
        queryKey: ["artifacts"],
        predicate: ({ queryKey: [, , , kind, reference] }) =>
          kind !== "one" || !gone.includes(String(reference)),
      }),
      queries.invalidateQueries({ queryKey: ["repositories"] }),
    ]);
  };
}
