import "@patternfly/react-core/dist/styles/base.css";
import "./app/theme.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme } from "./app/preferences";
import { makeQueries } from "./app/queries";
import { makeRouter } from "./app/router";
import { watchSession } from "./app/session";
import { startTexts } from "./i18n";
import { Notifications } from "./ui/notify";

// Zod would try whether it may make functions from text: the content security policy forbids it, and the
// browser reports each try.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const queries = makeQueries();
const router = makeRouter(queries);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element `root`");

applyTheme();
watchSession(queries);
await startTexts();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Notifications>
        <RouterProvider router={router} />
      </Notifications>
    </QueryClientProvider>
  </StrictMode>,
);
