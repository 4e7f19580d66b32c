/** Who may sign in, in which groups they are, and how much their projects may store. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";

export const adminPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "users",
    component: lazyRouteComponent(() => import("./UsersPage")),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: "groups",
    component: lazyRouteComponent(() => import("./GroupsPage")),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: "quotas",
    component: lazyRouteComponent(() => import("./QuotasPage")),
  }),
] as const;
