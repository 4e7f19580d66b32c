import { type QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "~/api/client";
import { makeQueries } from "./queries";
import { isRefused } from "./routes";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const refusal = () => Promise.reject(new ApiError(403, "FORBIDDEN", "not yours", null));

function Answer({ ask }: { ask: () => Promise<string> }) {
  const { data, error } = useQuery({ queryKey: ["x"], queryFn: ask });
  return data ?? error?.message ?? "…";
}

function show(queries: QueryClient, ask: () => Promise<string>) {
  render(
    <QueryClientProvider client={queries}>
      <Answer ask={ask} />
    </QueryClientProvider>,
  );
}

describe("what was refused", () => {
  it("is not asked for again by the page that shows it", async () => {
    const queryFn = vi.fn(refusal);
    const queries = makeQueries();
    await queries.prefetchQuery({ queryKey: ["x"], queryFn });
    show(queries, queryFn);
    await screen.findByText("not yours");
    expect(queryFn).toHaveBeenCalledOnce();
  });

  it("is asked for again after a while", async () => {
    const queries = makeQueries();
    await queries.prefetchQuery({ queryKey: ["x"], queryFn: refusal });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6_000 });
    show(queries, async () => "given");
    await screen.findByText("given");
  });

  it("is known of a project until that is given", async () => {
    const queries = makeQueries();
    expect(isRefused(queries, "shop")).toBe(false);
    await queries.prefetchQuery({ queryKey: ["projects", "shop"], queryFn: refusal });
    expect(isRefused(queries, "shop")).toBe(true);
    expect(isRefused(queries, "other")).toBe(false);
    queries.setQueryData(["projects", "shop"], {});
    expect(isRefused(queries, "shop")).toBe(false);
  });
});
