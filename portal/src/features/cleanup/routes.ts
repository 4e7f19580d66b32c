/** Clean-up of what is stored: garbage, old audit entries, checks, and what those have set aside. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";
import { currentUserQuery, isAdministrator } from "~/app/session";

export const cleanupPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "cleanup",
    component: lazyRouteComponent(() => import("./CleanupPage")),
    loader: async ({ context: { queries }, location: { search }, preload }) => {
      if (preload || ("tab" in search && search.tab !== "gc")) return;
      // Shown after another answer only. Who may not see the page is refused by the loader around this one.
      if (!isAdministrator(await queries.ensureQueryData(currentUserQuery))) return;
      const { volumesQuery } = await import("./queries");
      queries.prefetchQuery(volumesQuery);
    },
  }),
] as const;
