/** A project's repositories. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

export const repositoryPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories",
    component: lazyRouteComponent(() => import("./RepositoriesPage")),
  }),
] as const;
