/** Clean-up of what is stored: garbage, old audit entries, checks, and what those have set aside. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";

export const cleanupPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "cleanup",
    component: lazyRouteComponent(() => import("./CleanupPage")),
  }),
] as const;
