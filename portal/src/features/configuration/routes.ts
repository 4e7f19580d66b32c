/** The settings of the registry that are changed while it runs. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute, earlyForAdmins } from "~/app/routes";

export const configurationPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage")),
    // What is shown after another answer only.
    loader: earlyForAdmins(async (queries, { tab }) => {
      const { eventsQuery } = await import("./queries");
      const { systemAllowlistQuery } = await import("~/features/projects/configuration-queries");
      if (tab === "security") queries.prefetchQuery(systemAllowlistQuery);
      if (tab === "system") queries.prefetchQuery(eventsQuery);
    }),
  }),
] as const;
