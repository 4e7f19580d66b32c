/** The list of projects, and what a project shows of itself. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { early, projectRoute, shellRoute } from "~/app/routes";

export const projectsPages = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/projects",
    component: lazyRouteComponent(() => import("./ProjectsPage")),
    loader: async ({ context: { queries }, location, preload }) => {
      // Lists are not asked for by pointing at a link.
      if (preload) return;
      const { prefetchProjects } = await import("./prefetch");
      prefetchProjects(queries, location.search);
    },
  }),
] as const;

export const projectPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "/",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/projects/$project/summary", params, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "summary",
    component: lazyRouteComponent(() => import("./SummaryPage")),
    loader: early(async (queries, { project }) => {
      const { prefetchSummary } = await import("./prefetch");
      await prefetchSummary(queries, project);
    }),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
  }),
] as const;
