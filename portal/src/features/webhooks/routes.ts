/** Whom a project tells of what happens in it, and what it told. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "~/app/routes";

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
  }),
] as const;
