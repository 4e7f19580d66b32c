/** Accounts for programs: the system's, and a project's own. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute, early, projectRoute } from "~/app/routes";

export const robotPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "robots",
    component: lazyRouteComponent(() => import("./RobotsPage")),
  }),
] as const;

export const projectRobotPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "robots",
    component: lazyRouteComponent(() => import("./ProjectRobots")),
    loader: early(async (queries, { project }) => {
      const { prefetchCatalogue } = await import("./prefetch");
      await prefetchCatalogue(queries, project);
    }),
  }),
] as const;
