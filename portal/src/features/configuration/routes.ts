/** The settings of the registry that are changed while it runs. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute } from "~/app/routes";
import { currentUserQuery, isAdministrator } from "~/app/session";

export const configurationPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
    loader: async ({ context: { queries }, location: { search }, preload }) => {
      if (preload || !("tab" in search)) return;
      // Shown after another answer only. Who may not see the page is refused by the loader around this one.
      if (!isAdministrator(await queries.ensureQueryData(currentUserQuery))) return;
      const { eventsQuery } = await import("./queries");
      const { systemAllowlistQuery } = await import("~/features/projects/configuration-queries");
      if (search.tab === "security") queries.prefetchQuery(systemAllowlistQuery);
      if (search.tab === "system") queries.prefetchQuery(eventsQuery);
    },
  }),
] as const;
