import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { api } from "~/api/client";
import { currentUserQuery } from "./session";

it("forgets what was read for somebody else, whatever its name", async () => {
  const queries = new QueryClient();
  const answer = (user_id: number) => ({ data: { user_id }, response: new Response() }) as never;
  const get = vi.spyOn(api, "GET").mockResolvedValue(answer(1));
  await queries.fetchQuery(currentUserQuery);
  queries.setQueryData(["projects", "current"], { project_id: 1 });
  await queries.fetchQuery({ ...currentUserQuery, staleTime: 0 });
  expect(queries.getQueryData(["projects", "current"])).toBeDefined();
  get.mockResolvedValue(answer(2));
  expect(await queries.fetchQuery({ ...currentUserQuery, staleTime: 0 })).toEqual({ user_id: 2 });
  expect(queries.getQueryData(["projects", "current"])).toBeUndefined();
});
