// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import texts from "~/i18n/locales/en-US/cleanup.json";
import common from "~/i18n/locales/en-US/common.json";

vi.hoisted(() => {
  Element.prototype.scrollIntoView = () => {};
  window.matchMedia = (media) =>
    Object.assign(new EventTarget(), { matches: false, media }) as MediaQueryList;
});
const { RunDetails } = await import("./RunDetails");

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: "en-US",
    defaultNS: "common",
    resources: { "en-US": { common, cleanup: texts } },
    interpolation: { escapeValue: false },
  }),
);
afterEach(cleanup);

function show(job_parameters: object, job_status = "Success") {
  const queries = new QueryClient();
  queries.setQueryData(["log", "/system/fsck/7/log", job_status === "Running"], "looked at everything");
  queries.setQueryDefaults(["log"], { staleTime: Number.POSITIVE_INFINITY });
  const run = { id: 7, job_status, job_parameters: JSON.stringify(job_parameters) };
  render(
    <QueryClientProvider client={queries}>
      <RunDetails kind="fsck" run={run} live={job_status === "Running"} close={() => {}} />
    </QueryClientProvider>,
  );
}

it("lists what a check found, who needs it, and whether it was repaired", () => {
  const finding = {
    what: "missing",
    digest: `sha256:${"a".repeat(64)}`,
    size: 2048,
    needed_by: ["shop/api"],
    repaired: true,
  };
  const report = {
    blobs: 3,
    manifests: 2,
    found: { missing: 120 },
    repaired: 120,
    findings: [finding],
    young: 1,
  };
  show({ repair: true, report });
  expect(screen.getByText("Missing bytes: 120")).toBeTruthy();
  expect(screen.getByText("120 repaired")).toBeTruthy();
  expect(screen.getByText(/too young to tell/)).toBeTruthy();
  expect(screen.getByText("The first 1; the log has all.")).toBeTruthy();
  expect(screen.getByText("shop/api")).toBeTruthy();
  expect(screen.getByText("2 KiB")).toBeTruthy();
  expect(screen.getByText("looked at everything")).toBeTruthy();
});

it("says that all is well, or how far it is", () => {
  show({ report: { blobs: 3, found: {} } });
  expect(screen.getByText("Nothing found: all is well")).toBeTruthy();
  cleanup();
  const progress = { done: 5 * 1024, total: 10 * 1024, eta_seconds: 90, unit: "bytes" };
  show({ progress, report: { found: {} } }, "Running");
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("50");
  expect(screen.getByText("5 KiB / 10 KiB")).toBeTruthy();
  expect(screen.getByText("About 1 min 30 sec left")).toBeTruthy();
  expect(screen.getByText("Nothing found so far")).toBeTruthy();
});
