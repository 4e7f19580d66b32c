/** Scanners of the system, scans of everything, and which scanner a project uses. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { adminRoute, projectRoute } from "~/app/routes";

export const scannerPages = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: "scanners",
    component: lazyRouteComponent(() => import("./ScannersPage")),
  }),
] as const;

export const projectScannerPages = [
  createRoute({
    getParentRoute: () => projectRoute,
    path: "scanner",
    component: lazyRouteComponent(() => import("./ProjectScannerPage")),
  }),
] as const;
