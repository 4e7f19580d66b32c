/** One repository with its artifacts, and one artifact. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

export const artifactPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository",
    component: lazyRouteComponent(() => import("./RepositoryPage")),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories/$repository/artifacts/$reference",
    component: lazyRouteComponent(() => import("./ArtifactPage")),
  }),
] as const;
