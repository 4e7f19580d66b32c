import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "~/api/client";
import ConfigurationPage from "./ConfigurationPage";
import { hasScannerQuery, systemAllowlistQuery } from "./configuration-queries";
import { projectQuery } from "./queries";

vi.mock("react-i18next", () => ({
  useTranslation: () => ({ t: (key: string) => key, i18n: { language: "en-US" } }),
}));
vi.mock("~/ui/notify", () => ({ useNotify: () => ({ success: () => {} }), clearNotices: () => {} }));
vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original()),
  useParams: () => ({ project: "shop" }),
  useBlocker: () => ({ status: "idle" }),
}));
const mayChange = vi.hoisted(() => vi.fn());
vi.mock("~/app/session", () => ({ useCan: () => mayChange, useCurrentUser: () => null }));

afterEach(cleanup);

it("keeps what is changed when the server answers anew", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const answer = (metadata: object, ids: string[]) =>
    queries.setQueryData(projectQuery("shop").queryKey, {
      project_id: 1,
      name: "shop",
      metadata: { reuse_sys_cve_allowlist: "false", ...metadata },
      cve_allowlist: { items: ids.map((cve_id) => ({ cve_id })) },
    } as never);
  queries.setQueryData(hasScannerQuery("shop").queryKey, true);
  queries.setQueryData(systemAllowlistQuery.queryKey, { items: [] } as never);
  answer({ public: "false", auto_scan: "false" }, ["CVE-1", "CVE-2"]);
  const put = vi.spyOn(api, "PUT").mockResolvedValue({} as never);
  const user = userEvent.setup();
  // Permissions come after the project.
  mayChange.mockReturnValue(false);
  const page = () => (
    <QueryClientProvider client={queries}>
      <ConfigurationPage />
    </QueryClientProvider>
  );
  const { rerender } = render(page());
  mayChange.mockReturnValue(true);
  rerender(page());

  const box = (name: string) => screen.getByRole<HTMLInputElement>("switch", { name });
  await user.click(box("public"));
  await user.click(screen.getAllByRole("button", { name: "configuration.removeId" })[0] as HTMLElement);
  answer({ public: "false", auto_scan: "true" }, ["CVE-1", "CVE-2", "CVE-3"]);
  await waitFor(() => expect(box("configuration.autoScan").checked).toBe(true));
  expect(box("public").checked).toBe(true);
  expect(screen.queryByText("CVE-1")).toBeNull();
  expect(screen.queryByText("CVE-3")).toBeNull();

  await user.click(screen.getByRole("button", { name: /save$/ }));
  const body = put.mock.calls[0]?.[1] as unknown as { body: { metadata: object; cve_allowlist: object } };
  expect(body.body.metadata).toMatchObject({ public: "true", auto_scan: "true" });
  expect(body.body.cve_allowlist).toMatchObject({ items: [{ cve_id: "CVE-2" }] });
  answer({ public: "false", auto_scan: "true" }, ["CVE-2"]);
  await waitFor(() => expect(box("public").checked).toBe(false));
});
