/** What goes on in the background. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";

export const jobPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "jobs",
    component: lazyRouteComponent(() => import("./JobsPage")),
  }),
] as const;
