/** Every view, as those see it who may: it comes without a fault, without barriers, in both themes. */

import { expect, look, type Role, type Theme, test } from "./console";

const REPOSITORY = "/projects/shop/repositories";

/** Views by who may open them. */
const VIEWS: { roles: Role[]; paths: string[] }[] = [
  {
    roles: ["admin"],
    paths: [
      "/admin/users",
      "/admin/groups",
      "/admin/robots",
      "/admin/labels",
      "/admin/quotas",
      "/admin/scanners",
      "/admin/cleanup",
      "/admin/cleanup?tab=purge",
      "/admin/cleanup?tab=fsck",
      "/admin/cleanup?tab=scrub",
      "/admin/jobs",
      "/admin/jobs?tab=schedules",
      "/admin/jobs?tab=workers",
      "/admin/configuration",
      "/admin/configuration?tab=security",
      "/admin/configuration?tab=system",
    ],
  },
  {
    roles: ["admin", "owner"],
    paths: [
      "/projects/shop/configuration",
      "/projects/shop/robots",
      "/projects/shop/webhooks",
      "/projects/shop/retention",
      "/projects/shop/immutability",
      "/projects/shop/scanner",
      "/projects/shop/deleted",
    ],
  },
  {
    roles: ["admin", "owner", "developer", "guest"],
    paths: [
      "/projects",
      "/account",
      "/preferences",
      "/about",
      "/audit-log",
      "/search?text=web",
      "/projects/shop/summary",
      "/projects/shop/members",
      "/projects/shop/labels",
      "/projects/shop/audit-log",
      REPOSITORY,
      `${REPOSITORY}/web`,
      `${REPOSITORY}/web?tab=info`,
      `${REPOSITORY}/web/artifacts/1.3`,
      `${REPOSITORY}/multi/artifacts/1`,
      `${REPOSITORY}/charts%2Fchart/artifacts/0.1.0`,
    ],
  },
  {
    roles: ["visitor"],
    paths: ["/projects", "/projects/tools/summary", "/projects/tools/repositories", "/account/sign-in"],
  },
];

for (const { roles, paths } of VIEWS) {
  for (const role of roles) {
    for (const theme of ["light", "dark"] as Theme[]) {
      test.describe(`${role}, ${theme}`, () => {
        test.use({ role, theme });
        for (const path of paths) {
          test(path, async ({ page }) => {
            await page.goto(path);
            await look(page, `${role}-${theme}${path.replace(/[^a-z0-9]+/gi, "-")}`);
            await expect(page.getByText("There is no such page")).toHaveCount(0);
          });
        }
      });
    }
  }
}

test.describe("a developer", () => {
  test.use({ role: "developer" });
  test("finds no administration", async ({ page }) => {
    await page.goto("/admin/users");
    await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
    await page.goto("/projects");
    await expect(page.getByRole("navigation", { name: "Navigation" })).not.toContainText("Administration");
  });
  test("is not offered what only project admins do", async ({ page }) => {
    await page.goto("/projects/shop/summary");
    const tabs = page.getByRole("navigation", { name: "Parts of the project" });
    await expect(tabs).toContainText("Repositories");
    await expect(tabs).not.toContainText("Robots");
  });
});

test.describe("a visitor", () => {
  test.use({ role: "visitor", refusals: ["404 /projects/shop", "403 /projects/shop", "401 /projects/shop"] });
  test("does not see that a private project is there", async ({ page }) => {
    await page.goto("/projects/shop");
    await expect(page.getByText("There is nothing here, or you may not see it").first()).toBeVisible();
  });
  test("is asked to sign in for the administration, and comes back", async ({ page }) => {
    await page.goto("/admin/users");
    await expect(page).toHaveURL(/\/account\/sign-in\?next=/);
  });
});
