/** What the pages of artifacts read. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, content, data, page, repositoryParam, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import { contained, type ListState } from "~/ui/list-state";
import type { Found } from "~/ui/Picker";
import { isLive } from "~/ui/Status";
import { overviewOf } from "./kind";
import { parseReport } from "./vulnerabilities";

export type Artifact = Schemas["Artifact"];
export type Accessory = Schemas["Accessory"];
export type Tag = Schemas["Tag"];
export type Label = Schemas["Label"];

/** A repository, by the names of its project and, within that, its own. */
export interface Place {
  project: string;
  repository: string;
}

const ALL = {
  with_tag: true,
  with_label: true,
  with_accessory: true,
  with_scan_overview: true,
  with_immutable_status: true,
} as const;

export function pathOf({ project, repository }: Place) {
  return { project_name: project, repository_name: repositoryParam(repository) };
}

function key({ project, repository }: Place) {
  return ["artifacts", project, repository] as const;
}

/** Whether it is being scanned, or waits for that. */
export function isScanning(artifact: Artifact): boolean {
  return isLive(overviewOf(artifact)?.scan_status);
}

export function artifactsQuery(place: Place, query: ListState["query"]) {
  return queryOptions({
    queryKey: [...key(place), "list", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name}/repositories/{repository_name}/artifacts", {
          params: { path: pathOf(place), query: { ...query, ...ALL } },
        }),
      ),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(isScanning) ? LIVE : false),
  });
}

/** These artifacts of a repository, also those that only an index lists. */
export function childrenQuery(place: Place, digests: string[]) {
  return artifactsQuery(place, {
    page: 1,
    page_size: Math.max(1, digests.length),
    q: `base=*,digest={${digests.join(" ")}}`,
  });
}

export function artifactQuery(place: Place, reference: string) {
  return queryOptions({
    queryKey: [...key(place), "one", reference],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}", {
          params: { path: { ...pathOf(place), reference }, query: ALL },
        }),
      ),
    refetchInterval: ({ state }) => (state.data && isScanning(state.data) ? LIVE : false),
  });
}

export function tagsQuery(place: Place, reference: string, { query }: ListState) {
  return queryOptions({
    queryKey: [...key(place), "one", reference, "tags", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/tags", {
          params: {
            path: { ...pathOf(place), reference },
            query: { ...query, with_immutable_status: true },
          },
        }),
      ),
    placeholderData: (before) => before,
  });
}

/** How the list of what refers to an artifact is unless its address says otherwise. */
export const ATTACHED = { pageSize: 15 };

/** What refers to an artifact, itself: signatures, bills of materials and the like. */
export function accessoriesQuery(place: Place, reference: string, query: ListState["query"]) {
  return queryOptions({
    queryKey: [...key(place), "one", reference, "accessories", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/accessories", {
          params: { path: { ...pathOf(place), reference }, query },
        }),
      ),
    placeholderData: (before) => before,
  });
}

/** A part of an artifact as text: what is in a digest never changes. */
export function additionQuery(place: Place, digest: string, addition: string) {
  return queryOptions({
    queryKey: [...key(place), "addition", digest, addition],
    queryFn: () =>
      content(
        api.GET(
          "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/additions/{addition}",
          {
            params: { path: { ...pathOf(place), reference: digest, addition } },
            parseAs: "text",
          },
        ),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a scanner found. `report` names the state of the scan, so that a new one is read. */
export function vulnerabilitiesQuery(place: Place, digest: string, report: string) {
  return queryOptions({
    queryKey: [...key(place), "vulnerabilities", digest, report],
    queryFn: async () =>
      parseReport(
        await content(
          api.GET(
            "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/additions/vulnerabilities",
            { params: { path: { ...pathOf(place), reference: digest } }, parseAs: "text" },
          ),
        ),
      ),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The scanner of a project, or null where there is none. */
export function scannerQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "scanner", "of-artifacts"],
    queryFn: async () => {
      const scanner = await data(
        api.GET("/projects/{project_name_or_id}/scanner", {
          params: { path: { project_name_or_id: project }, header: BY_NAME },
        }),
      );
      return scanner.uuid && !scanner.disabled ? scanner : null;
    },
    staleTime: 60_000,
    retry: false,
  });
}

/** Labels that an artifact of a project can have: everybody's, and the project's own. */
export function attachableLabelsQuery(projectId: number, name: string) {
  const read = (scope: { scope: string; project_id?: number }) =>
    page(
      api.GET("/labels", {
        params: {
          query: {
            ...scope,
            page: 1,
            page_size: 100,
            sort: "name",
            ...(name && { q: `name=${contained(name)}` }),
          },
        },
      }),
    );
  return queryOptions({
    queryKey: ["labels", "attachable", projectId, name],
    queryFn: async () => {
      const [own, global] = await Promise.all([
        read({ scope: "p", project_id: projectId }),
        read({ scope: "g" }),
      ]);
      return [...own.items, ...global.items];
    },
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
}

/** Vulnerabilities that count for nothing: everybody's list. A visitor may not read it. */
export const systemAllowlistQuery = queryOptions({
  queryKey: ["system", "allowlist", "of-artifacts"],
  queryFn: () => data(api.GET("/system/CVEAllowlist")),
  staleTime: 5 * 60_000,
  retry: false,
});

/** The roles that may push: project admin, developer, maintainer. */
const PUSHERS = [1, 2, 4];

const mayPushTo = ({ current_user_role_id: role }: Schemas["Project"]) => PUSHERS.includes(role ?? 0);

function readProjects(page_size: number, name = "") {
  const q = name && { q: `name=${contained(name)}` };
  return page(
    api.GET("/projects", {
      params: { query: { page: 1, page_size, sort: "name", with_detail: true, ...q } },
    }),
  );
}

/** Whether there is a project that one may push to; of more than a hundred none is taken for the answer. */
export const pushesSomewhereQuery = queryOptions({
  queryKey: ["pushes-somewhere"],
  queryFn: async () => {
    const { items, total } = await readProjects(100);
    return total > items.length || items.some(mayPushTo);
  },
  staleTime: 60_000,
});

/** Projects by a part of their name, to copy into; those that one may not push to can't be picked. */
export async function findProjects(name: string): Promise<Found[]> {
  const { items } = await readProjects(25, name);
  return items.map((one) => ({ key: one.name, name: one.name, disabled: !mayPushTo(one) }));
}
