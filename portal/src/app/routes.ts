/** The routes that features hang theirs under. */

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  notFound,
  redirect,
} from "@tanstack/react-router";
import { projectQuery } from "~/features/projects/queries";
import { Crash, NotFound } from "./Fallbacks";
import { currentUserQuery, isAdministrator, projectPermissionsQuery, systemInfoQuery } from "./session";

export interface Context {
  queries: QueryClient;
}

export const rootRoute = createRootRouteWithContext<Context>()({
  // The address of a list holds its state, which is read where the list is (ui/list-state.ts).
  validateSearch: (search: Record<string, unknown>) => search,
  notFoundComponent: NotFound,
  errorComponent: Crash,
});

/** Every page with navigation around it. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  component: lazyRouteComponent(() => import("./Shell")),
  loader: ({ context }) =>
    Promise.all([
      context.queries.ensureQueryData(systemInfoQuery),
      context.queries.ensureQueryData(currentUserQuery),
    ]),
});

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/projects" });
  },
});

/** The pages of one project, under its tabs. `$project` is its name. */
export const projectRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/projects/$project",
  component: lazyRouteComponent(() => import("~/features/projects/ProjectLayout")),
  // Nobody waits for it here: it is under way before the page that shows it, but not by pointing at a link.
  loader: ({ context: { queries }, params: { project }, preload }) => {
    if (preload) return;
    queries.prefetchQuery(projectQuery(project));
    queries.prefetchQuery(projectPermissionsQuery(project));
  },
});

/** Whether a project was refused and not given since: what is in it need not be asked for early. */
export function isRefused(queries: QueryClient, project: string): boolean {
  const state = queries.getQueryState(projectQuery(project).queryKey);
  return state !== undefined && state.data === undefined && state.errorUpdateCount > 0;
}

/**
 * A loader that asks for what a page of a project shows while the page is still on its way. Nothing is asked for by
 * pointing at a link; what is refused the page tells.
 */
export function early<P extends { project: string }>(
  ask: (queries: QueryClient, params: P, search: Record<string, unknown>) => Promise<void>,
) {
  return ({
    context: { queries },
    params,
    location: { search },
    preload,
  }: {
    context: Context;
    params: P;
    location: { search: Record<string, unknown> };
    preload: boolean;
  }) => {
    if (preload || isRefused(queries, params.project)) return;
    ask(queries, params, search).catch(() => {});
  };
}

/** As {@link early}, for pages of the administration; who may not see one is refused by the route around it. */
export function earlyForAdmins(
  ask: (queries: QueryClient, search: Record<string, unknown>) => Promise<void>,
) {
  return async ({
    context: { queries },
    location: { search },
    preload,
  }: {
    context: Context;
    location: { search: Record<string, unknown> };
    preload: boolean;
  }) => {
    if (preload || !isAdministrator(await queries.ensureQueryData(currentUserQuery))) return;
    ask(queries, search).catch(() => {});
  };
}

/** What only administrators of the system find. */
export const adminRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/admin",
  // No `beforeLoad`, on which all else would wait: the shell, too, and what the page is made of.
  loader: async ({ context, location }) => {
    const user = await context.queries.ensureQueryData(currentUserQuery);
    if (!user) throw redirect({ to: "/account/sign-in", search: { next: location.href } });
    if (!isAdministrator(user)) throw notFound();
  },
});
