/** A project's repositories. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { isRefused, projectRoute } from "~/app/routes";

export const repositoryPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories",
    component: lazyRouteComponent(() => import("./RepositoriesPage")),
    loader: async ({ context: { queries }, params: { project }, location, preload }) => {
      // Lists are not asked for by pointing at a link.
      if (preload || isRefused(queries, project)) return;
      const { prefetchRepositories } = await import("./prefetch");
      prefetchRepositories(queries, project, location.search);
    },
  }),
] as const;
