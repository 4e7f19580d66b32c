/** The settings of the registry that are changed while it runs. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";

export const configurationPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
  }),
] as const;
