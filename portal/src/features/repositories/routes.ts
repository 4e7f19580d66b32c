/** A project's repositories. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

export const repositoryPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories",
    component: lazyRouteComponent(() => import("./RepositoriesPage")),
    loader: async ({ context: { queries }, params: { project }, location }) => {
      const { prefetchRepositories } = await import("./prefetch");
      prefetchRepositories(queries, project, location.search);
    },
  }),
] as const;
