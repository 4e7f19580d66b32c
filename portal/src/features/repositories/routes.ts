/** A project's repositories. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { early, projectRoute } from "~/app/routes";

export const repositoryPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories",
    component: lazyRouteComponent(() => import("./RepositoriesPage")),
    loader: early(async (queries, { project }, search) => {
      const { prefetchRepositories } = await import("./prefetch");
      prefetchRepositories(queries, project, search);
    }),
  }),
] as const;
