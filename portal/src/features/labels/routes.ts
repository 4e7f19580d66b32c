/** Labels: everybody's, and a project's own. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute, projectRoute } from "~/app/routes";

export const labelPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "labels",
    component: lazyRouteComponent(() => import("./LabelsPage")),
  }),
] as const;

export const projectLabelPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "labels",
    component: lazyRouteComponent(() => import("./ProjectLabels")),
  }),
] as const;
