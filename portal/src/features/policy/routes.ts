/** What a project keeps, and what nobody may change in it. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { early, projectRoute } from "~/app/routes";

export const policyPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "retention",
    component: lazyRouteComponent(() => import("./RetentionPage")),
    loader: early(async (queries, { project }, search) => {
      const { prefetchRetention } = await import("./prefetch");
      await prefetchRetention(queries, project, search);
    }),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "retention/runs/$run",
    component: lazyRouteComponent(() => import("./RunPage")),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "immutability",
    component: lazyRouteComponent(() => import("./ImmutabilityPage")),
  }),
] as const;
