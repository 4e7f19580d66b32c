/**
 * Lighthouse's figures of the main views, as who is signed in sees them in a window of a desk's size.
 * The reports and a table of the figures stay in test-results/lighthouse.
 */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, test } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { expect, stateOf } from "./console";

const LEAST = 95;
const FOLDER = "test-results/lighthouse";
const WEB = "/projects/shop/repositories/web";

const VIEWS = {
  "sign-in": "/account/sign-in",
  projects: "/projects",
  repositories: "/projects/shop/repositories",
  artifacts: WEB,
  artifact: `${WEB}/artifacts/1.3`,
  members: "/projects/shop/members",
  robots: "/projects/shop/robots",
  policy: "/projects/shop/retention",
  webhooks: "/projects/shop/webhooks",
  "audit-log": "/audit-log",
  users: "/admin/users",
  quotas: "/admin/quotas",
  "clean-up": "/admin/cleanup",
  jobs: "/admin/jobs",
  configuration: "/admin/configuration",
};

/** How long nothing may go on before a page counts as loaded, in milliseconds: the server is on this machine. */
const QUIET = 250;

/** A Chromium that Lighthouse can reach, at the port that it chose. */
async function launch(folder: string): Promise<{ context: BrowserContext; port: number }> {
  const { launchOptions } = test.info().project.use;
  const args = [...(launchOptions?.args ?? []), "--remote-debugging-port=0"];
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions, args, locale: "en-US" });
  const [port] = (await readFile(join(folder, "DevToolsActivePort"), "utf8")).split("\n");
  return { context, port: Number(port) };
}

/** The figures of a page, of 100, and what it missed, also of what does not count. */
async function measure(port: number, name: string, address: string) {
  const flags = {
    port,
    output: ["html" as const],
    disableStorageReset: true,
    disableFullPageScreenshot: true,
  };
  const settings = {
    ...desktopConfig.settings,
    onlyCategories: ["accessibility", "best-practices"],
    // With "provided" it would wait five seconds each time, whatever is said below.
    throttlingMethod: "simulate" as const,
    skipAboutBlank: true,
    pauseAfterFcpMs: QUIET,
    pauseAfterLoadMs: QUIET,
    networkQuietThresholdMs: QUIET,
    cpuQuietThresholdMs: QUIET,
  };
  const result = await lighthouse(address, flags, { ...desktopConfig, settings });
  if (!result) throw new Error(`no report of ${address}`);
  const { lhr, report } = result;
  await writeFile(`${FOLDER}/${name}.html`, Array.isArray(report) ? report.join("") : report);
  expect(lhr.runtimeError, address).toBeUndefined();
  expect(lhr.finalDisplayedUrl, "the page went elsewhere").toBe(address);
  const figure = (category: string) => Math.round((lhr.categories[category]?.score ?? 0) * 100);
  const missed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 1);
  return {
    accessibility: figure("accessibility"),
    practices: figure("best-practices"),
    missed: missed.map(({ id }) => id).join(", "),
  };
}

test(`the main views reach ${LEAST} of 100`, async ({ baseURL }) => {
  test.setTimeout(180_000);
  await mkdir(FOLDER, { recursive: true });
  const { cookies } = JSON.parse(await readFile(stateOf("admin") ?? "", "utf8"));
  const folder = await mkdtemp(join(tmpdir(), "minato-lighthouse."));
  const { context, port } = await launch(folder);
  const rows = ["| view | address | accessibility | best practices | missed |", "|---|---|---|---|---|"];
  try {
    for (const [name, path] of Object.entries(VIEWS)) {
      if (name !== "sign-in") await context.addCookies(cookies);
      const { accessibility, practices, missed } = await measure(port, name, new URL(path, baseURL).href);
      rows.push(`| ${name} | ${path} | ${accessibility} | ${practices} | ${missed} |`);
      expect.soft(accessibility, `accessibility of ${name}; missed: ${missed}`).toBeGreaterThanOrEqual(LEAST);
      expect.soft(practices, `best practices of ${name}; missed: ${missed}`).toBeGreaterThanOrEqual(LEAST);
    }
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
    await writeFile(`${FOLDER}/figures.md`, `${rows.join("\n")}\n`);
  }
});
