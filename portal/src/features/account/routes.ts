/** Signing in and up, one's own account and preferences, the search, what this console is. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute, shellRoute } from "~/app/routes";

export const signInPages = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/account/sign-in",
    component: lazyRouteComponent(() => import("./SignInPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/account/sign-up",
    component: lazyRouteComponent(() => import("./SignUpPage")),
  }),
] as const;

export const accountPages = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/account",
    component: lazyRouteComponent(() => import("./AccountPage")),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/preferences",
    component: lazyRouteComponent(() => import("./PreferencesPage")),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/about",
    component: lazyRouteComponent(() => import("./AboutPage")),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/search",
    component: lazyRouteComponent(() => import("./SearchPage")),
  }),
] as const;
