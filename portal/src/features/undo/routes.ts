/** What was deleted in a project. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

export const undoPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "deleted",
    component: lazyRouteComponent(() => import("./DeletedPage")),
  }),
] as const;
