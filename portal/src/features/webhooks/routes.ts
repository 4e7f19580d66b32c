/** Whom a project tells of what happens in it, and what it told. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { early, projectRoute } from "~/app/routes";

export const webhookPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "webhooks",
    component: lazyRouteComponent(() => import("./WebhooksPage")),
  }),
  createRoute({
    getParentRoute: () => projectRoute,
    path: "webhooks/$policy",
    component: lazyRouteComponent(() => import("./WebhookPage")),
    loader: early(async (queries, { project, policy }: { project: string; policy: string }) => {
      const { policyQuery } = await import("./queries");
      queries.prefetchQuery(policyQuery(project, Number(policy)));
    }),
  }),
] as const;
