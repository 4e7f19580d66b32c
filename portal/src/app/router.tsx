/** All pages of the console. Each feature names its own. */

import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { accountPages, signInPages } from "~/features/account/routes";
import { adminPages } from "~/features/admin/routes";
import { artifactPages } from "~/features/artifacts/routes";
import { auditPages, projectAuditPages } from "~/features/audit/routes";
import { cleanupPages } from "~/features/cleanup/routes";
import { configurationPages } from "~/features/configuration/routes";
import { jobPages } from "~/features/jobs/routes";
import { labelPages, projectLabelPages } from "~/features/labels/routes";
import { memberPages } from "~/features/members/routes";
import { policyPages } from "~/features/policy/routes";
import { projectPages, projectsPages } from "~/features/projects/routes";
import { repositoryPages } from "~/features/repositories/routes";
import { projectRobotPages, robotPages } from "~/features/robots/routes";
import { projectScannerPages, scannerPages } from "~/features/scanners/routes";
import { undoPages } from "~/features/undo/routes";
import { webhookPages } from "~/features/webhooks/routes";
import { Loading } from "~/ui/states";
import { Crash, NotFound } from "./Fallbacks";
import { harborRoute } from "./harbor";
import { adminRoute, homeRoute, projectRoute, rootRoute, shellRoute } from "./routes";

const routeTree = rootRoute.addChildren([
  homeRoute,
  harborRoute,
  ...signInPages,
  shellRoute.addChildren([
    ...accountPages,
    ...projectsPages,
    ...auditPages,
    projectRoute.addChildren([
      ...projectPages,
      ...repositoryPages,
      ...artifactPages,
      ...memberPages,
      ...projectLabelPages,
      ...projectRobotPages,
      ...projectScannerPages,
      ...policyPages,
      ...webhookPages,
      ...projectAuditPages,
      ...undoPages,
    ]),
    adminRoute.addChildren([
      ...adminPages,
      ...labelPages,
      ...robotPages,
      ...scannerPages,
      ...cleanupPages,
      ...jobPages,
      ...configurationPages,
    ]),
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Loading,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: NotFound,
    // What was selected or opened in one project is not meant in another.
    defaultRemountDeps: ({ params }) => params,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
