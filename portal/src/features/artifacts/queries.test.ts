import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { api } from "~/api/client";
import { additionQuery, vulnerabilitiesQuery } from "./queries";

it("reads parts that are empty", async () => {
  // As the client gives them: it reads no body where there is none.
  vi.spyOn(api, "GET").mockResolvedValue({ data: undefined, response: new Response("") } as never);
  const queries = new QueryClient();
  const place = { project: "shop", repository: "chart" };
  expect(await queries.fetchQuery(additionQuery(place, "sha256:a", "readme.md"))).toBe("");
  expect(await queries.fetchQuery(vulnerabilitiesQuery(place, "sha256:a", ""))).toBeNull();
});
