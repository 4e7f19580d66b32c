/** Signing in and up, one's own account and preferences, the search, what this console is. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/app/routes";

export const signInPages = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/account/sign-in",
    component: lazyRouteComponent(() => import("./SignInPage")),
  }),
] as const;

export const accountPages = [] as const;
