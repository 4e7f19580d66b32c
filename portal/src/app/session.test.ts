import { onlineManager, QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { api } from "~/api/client";
import { currentUserQuery, signOut } from "./session";

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

it("ends a session when what was asked for is answered, and asks for nothing meanwhile", async () => {
  const queries = new QueryClient();
  const order: string[] = [];
  const early = queries.fetchQuery({
    queryKey: ["early"],
    queryFn: async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      order.push("answered");
      return 1;
    },
  });
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    order.push("signed out");
    return new Response();
  });
  const end = signOut(queries);
  const late = queries.fetchQuery({ queryKey: ["late"], queryFn: () => order.push("too late") });
  await Promise.all([early, end, expect(late).rejects.toThrow()]);
  expect(order).toEqual(["answered", "signed out"]);
  expect(onlineManager.isOnline()).toBe(true);
});
