/** One repository with its artifacts, and one artifact. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";
import { repositoryQuery } from "~/features/repositories/queries";
import { readState } from "~/ui/list-state";
import { artifactQ, FILTERS } from "./filter";
import { artifactQuery, artifactsQuery } from "./queries";

export const artifactPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository",
    component: lazyRouteComponent(() => import("./RepositoryPage")),
    loader: ({ context: { queries }, params, location }) => {
      const { query, filters } = readState(location.search, FILTERS);
      queries.prefetchQuery(repositoryQuery(params.project, params.repository));
      queries.prefetchQuery(artifactsQuery(params, { ...query, q: artifactQ(filters) }));
    },
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository/artifacts/$reference",
    component: lazyRouteComponent(() => import("./ArtifactPage")),
    loader: ({ context: { queries }, params: { reference, ...place } }) => {
      queries.prefetchQuery(artifactQuery(place, reference));
    },
  }),
] as const;
