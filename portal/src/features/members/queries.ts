/** What the page of members reads and changes. */

import { queryOptions } from "@tanstack/react-query";
import { api, BY_NAME, data, page, type Schemas } from "~/api/client";
import type { ListState } from "~/ui/list-state";
import type { Found } from "~/ui/Picker";

export type Member = Schemas["ProjectMemberEntity"];
export type Kind = "user" | "group";

/** Somebody who is to become a member. */
export interface Candidate {
  kind: Kind;
  id: number;
  name: string;
}

export function membersQuery(project: string, { page: number, pageSize, filters }: ListState) {
  const query = {
    page: number,
    page_size: pageSize,
    ...(filters.name && { entityname: filters.name }),
  };
  return queryOptions({
    queryKey: ["projects", project, "members", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name_or_id}/members", {
          params: { path: { project_name_or_id: project }, header: BY_NAME, query },
        }),
      ),
    placeholderData: (before) => before,
  });
}

export async function searchUsers(username: string): Promise<Found[]> {
  const found = await data(api.GET("/users/search", { params: { query: { username, page_size: 20 } } }));
  return found.map((user) => ({ key: String(user.user_id), name: user.username }));
}

export async function searchGroups(groupname: string): Promise<Found[]> {
  const found = await data(
    api.GET("/usergroups/search", { params: { query: { groupname, page_size: 20 } } }),
  );
  return found.map((group) => ({ key: String(group.id), name: group.group_name }));
}

export function addMember(project: string, { kind, id }: Candidate, role_id: number) {
  return api.POST("/projects/{project_name_or_id}/members", {
    params: { path: { project_name_or_id: project }, header: BY_NAME },
    body: { role_id, ...(kind === "user" ? { member_user: { user_id: id } } : { member_group: { id } }) },
  });
}

export function setRole(project: string, mid: number, role_id: number) {
  return api.PUT("/projects/{project_name_or_id}/members/{mid}", {
    params: { path: { project_name_or_id: project, mid }, header: BY_NAME },
    body: { role_id },
  });
}

export function removeMember(project: string, mid: number) {
  return api.DELETE("/projects/{project_name_or_id}/members/{mid}", {
    params: { path: { project_name_or_id: project, mid }, header: BY_NAME },
  });
}
