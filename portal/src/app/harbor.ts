/** Every address of Harbor's console, which leads to its page here (harbor-paths.ts). */

import { createRoute, redirect } from "@tanstack/react-router";
import { api, data } from "~/api/client";
import { rootRoute } from "./routes";

export const harborRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/harbor/$",
  beforeLoad: async ({ params }) => {
    const { translate } = await import("./harbor-paths");
    const to = await translate(params._splat ?? "", async (id) => {
      const call = api.GET("/projects/{project_name_or_id}", {
        params: { path: { project_name_or_id: id } },
      });
      return (await data(call)).name;
    });
    throw redirect({ href: to, replace: true });
  },
});
