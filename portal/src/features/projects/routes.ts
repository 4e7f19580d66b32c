/** The list of projects, and what a project shows of itself. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { isRefused, projectRoute, shellRoute } from "~/app/routes";

export const projectsPages = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/projects",
    component: lazyRouteComponent(() => import("./ProjectsPage")),
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
    loader: async ({ context: { queries }, params: { project } }) => {
      if (isRefused(queries, project)) return;
      const { summaryQuery } = await import("./summary-queries");
      queries.prefetchQuery(summaryQuery(project));
    },
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
  }),
] as const;
