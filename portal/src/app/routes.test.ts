import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { artifactPages } from "~/features/artifacts/routes";
import { projectRoute } from "./routes";

/** How often something is asked for by a loader. */
async function asks(loader: unknown, preload: boolean): Promise<number> {
  const queries = new QueryClient();
  const ask = vi.spyOn(queries, "prefetchQuery").mockResolvedValue();
  const params = { project: "shop", repository: "web", reference: "1.2" };
  if (typeof loader !== "function") throw new Error("no loader");
  loader({ context: { queries }, params, location: { search: {} }, preload });
  await vi.dynamicImportSettled();
  return ask.mock.calls.length;
}

it.each([
  ["a project", projectRoute.options.loader, 2],
  ["a repository", artifactPages[0].options.loader, 2],
  ["an artifact", artifactPages[1].options.loader, 1],
])("%s is asked for by going there, not by pointing at a link", async (_, loader, asked) => {
  expect(await asks(loader, true)).toBe(0);
  expect(await asks(loader, false)).toBe(asked);
});
