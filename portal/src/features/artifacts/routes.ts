/** One repository with its artifacts, and one artifact. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { early, projectRoute } from "~/app/routes";
import type { Place } from "./queries";

export const artifactPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository",
    component: lazyRouteComponent(() => import("./RepositoryPage")),
    loader: early(async (queries, place: Place, search) => {
      const { prefetchRepository } = await import("./prefetch");
      prefetchRepository(queries, place, search);
    }),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository/artifacts/$reference",
    component: lazyRouteComponent(() => import("./ArtifactPage")),
    loader: early(async (queries, { reference, ...place }: Place & { reference: string }, search) => {
      const { prefetchArtifact, prefetchAttached } = await import("./prefetch");
      prefetchArtifact(queries, place, reference);
      if (search.tab === "attached") prefetchAttached(queries, place, reference, search);
    }),
  }),
] as const;
