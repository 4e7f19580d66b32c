/** Every view, as those see it who may: it comes without a fault, without barriers, in both themes. */

import type { Page } from "@playwright/test";
import { expect, look, open, type Role, test, type Watch, WIDE, watch } from "./console";

const PROJECT = "/projects/shop";
const ARTIFACT = `${PROJECT}/repositories/web/artifacts/1.3`;
const CHART = `${PROJECT}/repositories/charts%2Fchart/artifacts/0.1.0`;

// The pictures tell what a trace would.
test.use({ trace: "off" });

/** What everybody finds who is signed in. */
const EVERYBODY = [
  "/projects",
  "/account",
  "/preferences",
  "/about",
  "/audit-log",
  "/search?text=web",
  "/search",
];

/** What all members of a project find in it. */
const MEMBERS = [
  `${PROJECT}/summary`,
  `${PROJECT}/members`,
  `${PROJECT}/labels`,
  `${PROJECT}/scanner`,
  `${PROJECT}/robots`,
  `${PROJECT}/configuration`,
  `${PROJECT}/repositories`,
  `${PROJECT}/repositories/web`,
  `${PROJECT}/repositories/web?tab=info`,
  ARTIFACT,
  `${ARTIFACT}?tab=layers`,
  `${ARTIFACT}?tab=vulnerabilities`,
  `${ARTIFACT}?tab=tags`,
  `${ARTIFACT}?tab=attached`,
  `${ARTIFACT}?tab=build_history`,
  `${PROJECT}/repositories/multi/artifacts/1`,
  `${PROJECT}/repositories/multi/artifacts/1?tab=contents`,
  CHART,
  `${CHART}?tab=readme.md`,
  `${CHART}?tab=values.yaml`,
];

const DEVELOPERS = [`${PROJECT}/retention`, `${PROJECT}/retention/runs/{run}`];

const OWNERS = [
  ...DEVELOPERS,
  `${PROJECT}/webhooks`,
  `${PROJECT}/webhooks/{webhook}`,
  `${PROJECT}/immutability`,
  `${PROJECT}/audit-log`,
  `${PROJECT}/deleted`,
];

const ADMINISTRATION = [
  "/admin/users",
  "/admin/groups",
  "/admin/robots",
  "/admin/labels",
  "/admin/quotas",
  "/admin/scanners",
  "/admin/scanners?tab=vulnerability",
  "/admin/cleanup",
  "/admin/cleanup?tab=audit-log",
  "/admin/cleanup?tab=check",
  "/admin/cleanup?tab=scrub",
  "/admin/cleanup?tab=quarantine",
  "/admin/jobs",
  "/admin/jobs?tab=schedules",
  "/admin/jobs?tab=workers",
  "/admin/configuration",
  "/admin/configuration?tab=security",
  "/admin/configuration?tab=system",
];

const VISITORS = [
  "/projects",
  "/about",
  "/preferences",
  "/search?text=alpine",
  "/projects/tools/summary",
  "/projects/tools/repositories",
  "/projects/tools/repositories/base%2Falpine",
  "/projects/tools/repositories/base%2Falpine/artifacts/3.1",
  "/account/sign-in",
  "/account/sign-up",
];

/** What is looked at in a narrow window as well. */
const NARROW = new Set([
  "/projects",
  "/admin/users",
  "/admin/cleanup",
  "/admin/jobs",
  "/admin/configuration",
  `${PROJECT}/summary`,
  `${PROJECT}/members`,
  `${PROJECT}/repositories`,
  `${PROJECT}/repositories/web`,
  ARTIFACT,
  `${ARTIFACT}?tab=layers`,
  `${ARTIFACT}?tab=vulnerabilities`,
  `${PROJECT}/robots`,
  `${PROJECT}/retention`,
  `${PROJECT}/audit-log`,
]);

/** The administrator sees all; the others see the same pages with less on them. */
const VISITS: [Role, ...paths: string[]][] = [
  ["admin", ...MEMBERS, ...OWNERS],
  ["admin", ...ADMINISTRATION, ...EVERYBODY],
  ["guest", ...MEMBERS, ...EVERYBODY],
  ["owner", ...OWNERS, ...MEMBERS.slice(0, 10)],
  ["developer", ...DEVELOPERS, ...MEMBERS.slice(0, 14)],
  ["visitor", ...VISITORS],
];

/** The path, with the numbers that the server gave. */
async function addressOf(page: Page, path: string): Promise<string> {
  if (!path.includes("{")) return path;
  const get = async (what: string) => (await page.request.get(`/api/v2.0${what}`)).json();
  if (path.includes("{webhook}")) {
    const [{ id }] = await get("/projects/shop/webhook/policies");
    return path.replace("{webhook}", id);
  }
  const { metadata } = await get("/projects/shop");
  const [{ id }] = await get(`/retentions/${metadata.retention_id}/executions`);
  return path.replace("{run}", id);
}

/** That the page is what was asked for, and fits. */
async function check(page: Page, path: string): Promise<void> {
  await expect(page.getByText("There is no such page")).toHaveCount(0);
  await expect(page.getByText("This could not be done")).toHaveCount(0);
  const scroll = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(scroll, "pixels that the page is wider than the window").toBeLessThanOrEqual(0);
  const { pathname } = new URL(page.url());
  expect
    .soft(pathname, "the page went elsewhere")
    .toBe(new URL(path, page.url()).pathname.replace(/%7B.*/, pathname.replace(/.*\//, "")));
}

for (const [role, ...paths] of VISITS) {
  test.describe(`${role}, ${paths[0]} …`, () => {
    // One page for all of them, which is several times as quick.
    test.describe.configure({ mode: "default" });
    let page: Page;
    let watched: Watch;
    test.beforeAll(async ({ browser, baseURL }) => {
      page = await open(browser, baseURL, role);
      watched = watch(page, role);
    });
    test.afterAll(() => page.context().close());
    for (const path of paths) {
      test(path, async () => {
        watched.faults.length = 0;
        watched.pending.clear();
        await page.goto(await addressOf(page, path));
        const picture = `${role}-${path.replace(/[^a-z0-9]+/gi, "-")}`.replaceAll("--", "-");
        await look(page, picture);
        await check(page, path);
        if (role === "admin" && NARROW.has(path)) {
          await page.setViewportSize({ width: 1024, height: 768 });
          await look(page, `${picture}-1024`, ["light"]);
          await check(page, path);
          await page.setViewportSize(WIDE);
        }
        expect(watched.faults, "failed requests and errors of the page").toEqual([]);
      });
    }
  });
}

test.describe("the parts of a project", () => {
  const PARTS = {
    owner:
      "Summary Repositories Members Labels Scanner Retention Immutability Robots Webhooks Audit log Deleted Configuration",
    developer: "Summary Repositories Members Labels Scanner Retention Robots Configuration",
    guest: "Summary Repositories Members Labels Scanner Robots Configuration",
  };
  for (const [role, parts] of Object.entries(PARTS)) {
    test.describe(role, () => {
      test.use({ role: role as Role });
      test("are those that the role may see", async ({ page }) => {
        await page.goto(`${PROJECT}/summary`);
        const tabs = page.getByRole("navigation", { name: "Parts of the project" }).getByRole("link");
        await expect(tabs).toHaveCount(parts.replace("Audit log", "Audit-log").split(" ").length);
        expect((await tabs.allTextContents()).join(" ")).toBe(parts);
      });
    });
  }
});

test.describe("a developer", () => {
  test.use({ role: "developer" });
  test("finds no administration", async ({ page }) => {
    await page.goto("/admin/users");
    await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
    await page.goto("/projects");
    await expect(page.getByRole("navigation", { name: "Navigation" })).not.toContainText("Administration");
  });
});

test.describe("a visitor", () => {
  test.use({ role: "visitor", refusals: ["404 /projects/shop", "403 /projects/shop", "401 /projects/shop"] });
  test("does not see that a private project is there", async ({ page }) => {
    await page.goto(PROJECT);
    await expect(page.getByText("It may not exist, or it is not public.").first()).toBeVisible();
  });
  test("is asked to sign in for the administration", async ({ page }) => {
    await page.goto("/admin/users");
    await expect(page).toHaveURL(/\/account\/sign-in\?next=/);
  });
});
