/** A project's repositories. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";
import { readState } from "~/ui/list-state";
import { FILTERS, repositoriesQuery } from "./queries";

export const repositoryPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "repositories",
    component: lazyRouteComponent(() => import("./RepositoriesPage")),
    loader: ({ context: { queries }, params: { project }, location }) => {
      queries.prefetchQuery(repositoriesQuery(project, readState(location.search, FILTERS)));
    },
  }),
] as const;
