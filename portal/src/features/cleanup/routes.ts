/** Clean-up of what is stored: garbage, old audit entries, checks, and what those have set aside. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute, earlyForAdmins } from "~/app/routes";

export const cleanupPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "cleanup",
    component: lazyRouteComponent(() => import("./CleanupPage")),
    // What the first tab shows after another answer only.
    loader: earlyForAdmins(async (queries, { tab = "gc" }) => {
      const { volumesQuery } = await import("./queries");
      if (tab === "gc") queries.prefetchQuery(volumesQuery);
    }),
  }),
] as const;
