/** Who belongs to a project. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

export const memberPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "members",
    component: lazyRouteComponent(() => import("./MembersPage")),
  }),
] as const;
