/** One repository with its artifacts, and one artifact. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { early, isRefused, projectRoute } from "~/app/routes";

export const artifactPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository",
    component: lazyRouteComponent(() => import("./RepositoryPage")),
    loader: early(async (queries, params: { project: string; repository: string }, search) => {
      const { prefetchRepository } = await import("./prefetch");
      prefetchRepository(queries, params, search);
    }),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository/artifacts/$reference",
    component: lazyRouteComponent(() => import("./ArtifactPage")),
    loader: async ({
      context: { queries },
      params: { reference, ...place },
      location: { search },
      preload,
    }) => {
      if (isRefused(queries, place.project)) return;
      const { prefetchArtifact, prefetchAttached } = await import("./prefetch");
      prefetchArtifact(queries, place, reference);
      if (!preload && "tab" in search && search.tab === "attached") {
        prefetchAttached(queries, place, reference, search);
      }
    },
  }),
] as const;
