/** Who did what: in one project, and in all that one may see. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute, shellRoute } from "~/app/routes";

export const auditPages = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/audit-log",
    component: lazyRouteComponent(() => import("./AuditPage")),
  }),
] as const;

export const projectAuditPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "audit-log",
    component: lazyRouteComponent(() => import("./ProjectAuditPage")),
  }),
] as const;
