import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startTexts } from "~/i18n";
import { useCommands } from "./entries";

const session = vi.hoisted(() => ({ isAdmin: true }));
vi.mock("~/app/session", () => ({
  projectPermissionsQuery: () => ({ queryKey: ["permissions"], queryFn: () => new Set() }),
  useCurrentUser: () => ({}),
  useIsAdmin: () => session.isAdmin,
  useMayCreateProject: () => false,
  useSignOut: () => async () => {},
}));
const push = vi.hoisted(() => vi.fn());
vi.mock("@tanstack/react-router", () => ({
  useParams: () => ({}),
  useRouter: () => ({ history: { push, location: { href: "/" } } }),
}));
vi.mock("~/ui/notify", () => ({ useNotify: () => ({}) }));

beforeAll(() => startTexts());
afterEach(cleanup);

function found(text: string) {
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(() => useCommands(text).map(({ label, run }) => ({ label, run })), { wrapper }).result;
}

test("tabs of the administration are found by their names, and by Harbor's", async () => {
  const collection = found("gar");
  await vi.waitFor(() =>
    expect(collection.current.map(({ label }) => label)).toEqual(["Clean-up: Garbage collection"]),
  );
  collection.current[0]?.run();
  expect(push).toHaveBeenCalledWith("/admin/cleanup?tab=gc");
  const labels = (text: string) => found(text).current.map(({ label }) => label);
  expect(labels("purge")).toEqual(["Clean-up: Audit log"]);
  expect(labels("dashboard")).toEqual(["Jobs"]);
  expect(labels("schedules")).toEqual(["Jobs: Schedules"]);
  expect(labels("")).not.toContain("Jobs: Schedules");
});

test("who does not administer finds none of them", () => {
  session.isAdmin = false;
  expect(found("schedules").current).toEqual([]);
});
