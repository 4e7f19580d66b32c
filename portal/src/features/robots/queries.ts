/** What the pages of robots read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, data, page, type Schemas } from "~/api/client";
import { configurationsQuery } from "~/features/configuration/queries";
import type { ListState } from "~/ui/list-state";
import type { Found } from "~/ui/Picker";

export type Robot = Schemas["Robot"];
export type Permission = Schemas["Permission"];
/** What the server takes where nothing else is set. */
const USUAL_DAYS = 30;

export type Created = Pick<Schemas["RobotCreated"], "name" | "secret">;

/** The robots of a project, or with `null` the system's. */
export function robotsQuery(project: number | null, { query }: ListState) {
  const q = [project === null ? "Level=system" : `Level=project,ProjectID=${project}`, query.q]
    .filter(Boolean)
    .join(",");
  return queryOptions({
    queryKey: ["robots", project, query],
    queryFn: () => page(api.GET("/robots", { params: { query: { ...query, q } } })),
    placeholderData: (before) => before,
  });
}

/** All that a robot can be given; what it can be given on the system is told to administrators only. */
export const catalogueQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: () => data(api.GET("/permissions")),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The days that robots are usually made for, as the system is set where that may be read; else 30. */
export function usualDaysQuery(mayRead: boolean) {
  return queryOptions({
    queryKey: [...configurationsQuery.queryKey, "robot days", mayRead],
    queryFn: async ({ client }) => {
      if (!mayRead) return USUAL_DAYS;
      const settings = await client.fetchQuery(configurationsQuery).catch(() => null);
      return settings?.robot_token_duration?.value ?? USUAL_DAYS;
    },
    staleTime: 60_000,
  });
}

export async function searchProjects(name: string): Promise<Found[]> {
  const query = { page_size: 20, ...(name && { name }) };
  const found = await data(api.GET("/projects", { params: { query } }));
  return found.map((project) => ({ key: project.name, name: project.name }));
}

export function createRobot(body: Schemas["RobotCreate"]) {
  return data(api.POST("/robots", { body }));
}

export function updateRobot(robot: Robot) {
  return api.PUT("/robots/{robot_id}", { params: { path: { robot_id: robot.id } }, body: robot });
}

export function deleteRobot(id: number) {
  return api.DELETE("/robots/{robot_id}", { params: { path: { robot_id: id } } });
}

/** Gives a robot a new secret: the given one, or if it is empty one that the server makes up and tells. */
export async function renewSecret(id: number, secret: string): Promise<string | null> {
  const call = api.PATCH("/robots/{robot_id}", { params: { path: { robot_id: id } }, body: { secret } });
  return (await data(call)).secret ?? null;
}
