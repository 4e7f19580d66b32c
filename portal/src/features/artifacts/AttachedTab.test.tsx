import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError, api, type Page } from "~/api/client";
import { Notifications } from "~/ui/notify";
import AttachedTab from "./AttachedTab";
import { type Accessory, type Artifact, accessoriesQuery } from "./queries";

const state = vi.hoisted(() => ({
  page: 2,
  pageSize: 15,
  filters: {},
  query: { page: 2, page_size: 15 },
  setPage: vi.fn(),
}));

vi.mock("~/ui/list-state", async (original) => ({ ...(await original()), useListState: () => state }));
vi.mock("~/app/session", () => ({ useCan: () => () => false }));
vi.mock("~/features/repositories/use-registry", () => ({ useRegistry: () => ({ host: "h", plain: true }) }));
vi.mock("react-i18next", () => ({
  useTranslation: () => ({ t: (key: string) => key, i18n: { language: "en-US" } }),
}));

beforeEach(() => state.setPage.mockReset());
afterEach(cleanup);

const place = { project: "shop", repository: "web" };
const artifact = { digest: "sha256:a" } as Artifact;

function show(known?: Page<Accessory>) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  if (known) queries.setQueryData(accessoriesQuery(place, artifact.digest, state.query).queryKey, known);
  render(
    <QueryClientProvider client={queries}>
      <Notifications>
        <AttachedTab place={place} reference={artifact.digest} artifact={artifact} />
      </Notifications>
    </QueryClientProvider>,
  );
}

it("goes back when the last page has no rows any more", async () => {
  const headers = { "X-Total-Count": "15" };
  vi.spyOn(api, "GET").mockResolvedValue({ data: [], response: new Response("", { headers }) } as never);
  show();
  await vi.waitFor(() => expect(state.setPage).toHaveBeenCalledWith(1, true), { timeout: 5000 });
});

it("keeps what it shows when that can't be read again", async () => {
  vi.spyOn(api, "GET").mockRejectedValue(new ApiError(500, "UNKNOWN", "broken", null));
  show({ items: [], total: 16 });
  expect(await screen.findByText("error.said.fault")).toBeTruthy();
  expect(screen.getByRole("grid", { name: "attached.title" })).toBeTruthy();
});
