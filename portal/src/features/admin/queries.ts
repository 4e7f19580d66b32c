/** What the pages of users, groups and quotas read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, page, type Schemas } from "~/api/client";
import { contained, type ListState } from "~/ui/list-state";

export type User = Schemas["UserResp"];
export type Group = Schemas["UserGroup"];
export type Quota = Schemas["Quota"];

export function usersQuery({ query }: ListState) {
  return queryOptions({
    queryKey: ["users", "list", query],
    queryFn: () => page(api.GET("/users", { params: { query } })),
    placeholderData: (before) => before,
  });
}

export function createUser(body: Schemas["UserCreationReq"]) {
  return api.POST("/users", { body });
}

export function updateProfile(user_id: number, body: Schemas["UserProfile"]) {
  return api.PUT("/users/{user_id}", { params: { path: { user_id } }, body });
}

export function setAdministrator(user_id: number, sysadmin_flag: boolean) {
  return api.PUT("/users/{user_id}/sysadmin", { params: { path: { user_id } }, body: { sysadmin_flag } });
}

export function setPassword(user_id: number, new_password: string) {
  return api.PUT("/users/{user_id}/password", { params: { path: { user_id } }, body: { new_password } });
}

export function deleteUser(user_id: number) {
  return api.DELETE("/users/{user_id}", { params: { path: { user_id } } });
}

export function groupsQuery({ query: { page: number, page_size }, filters }: ListState) {
  const query = { page: number, page_size, ...(filters.name && { group_name: filters.name }) };
  return queryOptions({
    queryKey: ["usergroups", "list", query],
    queryFn: () => page(api.GET("/usergroups", { params: { query } })),
    placeholderData: (before) => before,
  });
}

export function createGroup(body: Schemas["UserGroup"]) {
  return api.POST("/usergroups", { body });
}

export function renameGroup(group: Group, group_name: string) {
  return api.PUT("/usergroups/{group_id}", {
    params: { path: { group_id: group.id ?? 0 } },
    body: { ...group, group_name },
  });
}

export function deleteGroup(group: Group) {
  return api.DELETE("/usergroups/{group_id}", { params: { path: { group_id: group.id ?? 0 } } });
}

/** Most projects that a filter by name looks at: as many as one page of them can have. */
const MOST_PROJECTS = 100;

/** Quotas know their projects by number, so that a filter by name looks for those first. */
async function projectFilter(name: string | undefined): Promise<string | undefined> {
  if (!name) return undefined;
  const query = { q: `name=${contained(name)}`, page_size: MOST_PROJECTS };
  const found = await data(api.GET("/projects", { params: { query } }));
  return `referenceid={${found.map(({ project_id }) => project_id).join(" ") || 0}}`;
}

export function quotasQuery({ query: { page: number, page_size, sort }, filters }: ListState) {
  const { name } = filters;
  return queryOptions({
    queryKey: ["quotas", "list", number, page_size, sort, name],
    queryFn: async () => {
      const q = await projectFilter(name);
      const query = { page: number, page_size, ...(sort && { sort }), ...(q && { q }) };
      return page(api.GET("/quotas", { params: { query } }));
    },
    placeholderData: (before) => before,
  });
}

/** What all projects together stored on each day of a year. */
export const growthQuery = queryOptions({
  queryKey: ["quotas", "growth"],
  queryFn: () => data(api.GET("/statistics/growth", { params: { query: { days: 366 } } })),
});

/** The projects that store the most. */
export const largestQuery = queryOptions({
  queryKey: ["quotas", "largest"],
  queryFn: () => page(api.GET("/quotas", { params: { query: { page_size: 10, sort: "-used.storage" } } })),
});

export function setLimit(id: number, storage: number) {
  return api.PUT("/quotas/{id}", { params: { path: { id } }, body: { hard: { storage } } });
}

export function setDefaultLimit(storage_per_project: number) {
  return api.PUT("/configurations", { body: { storage_per_project } });
}
