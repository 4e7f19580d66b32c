/** The list of projects, and what a project shows of itself. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { isRefused, projectRoute, shellRoute } from "~/app/routes";

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
    loader: async ({ context: { queries }, params: { project }, preload }) => {
      if (preload || isRefused(queries, project)) return;
      const { prefetchSummary } = await import("./prefetch");
      prefetchSummary(queries, project).catch(() => {
        // The page tells what was refused.
      });
    },
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
  }),
] as const;
