/** What was, drawn from what `run` has written down of days gone by. */

import { expect, test } from "./console";

test("a project's summary shows what was stored over time", async ({ page }) => {
  await page.goto("/projects/shop/summary");
  await expect(page.getByRole("heading", { name: "Stored over time" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Change in (9|10) days: \+/ })).toBeVisible();
});

test("a new project is told when its chart begins", async ({ page, project }) => {
  await page.goto(`/projects/${project}/summary`);
  await expect(page.getByText("the chart begins tomorrow")).toBeVisible();
});

test.describe("a guest", () => {
  test.use({ role: "guest" });
  test("sees what a project stored over time, and how it is used", async ({ page }) => {
    await page.goto("/projects/shop/summary");
    await expect(page.getByRole("img", { name: /^Change in (9|10) days: \+/ })).toBeVisible();
    await expect(page.getByText(/^Pushes: [1-9]\d*, pulls: \d+$/)).toBeVisible();
    await page.goto("/projects");
    const shop = page.getByRole("row").filter({ has: page.getByRole("link", { name: "shop", exact: true }) });
    await expect(shop.getByText(/^Pushes: [1-9]\d*, pulls: \d+$/)).toBeVisible();
  });
});

test.describe("a visitor", () => {
  test.use({ role: "visitor" });
  test("is not told what a public project stores", async ({ page }) => {
    await page.goto("/projects/tools/summary");
    await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
    await expect(page.getByText("Stored over time")).toHaveCount(0);
    await expect(page.getByText("Pushes and pulls")).toHaveCount(0);
  });
});

test("the page of quotas shows what all projects stored over time", async ({ page }) => {
  await page.goto("/admin/quotas");
  await expect(page.getByRole("img", { name: /^Change in (9|10) days: \+/ })).toBeVisible();
});

test("the page of jobs shows how many have ended, of a type and for as long as one likes", async ({
  page,
}) => {
  await page.goto("/admin/jobs");
  await page.getByRole("combobox", { name: "Type" }).selectOption("Webhook to Slack");
  await expect(page.getByRole("img", { name: "Done: 12 · Failed: 3 · Stopped: 0" })).toBeVisible();
  await page.getByRole("button", { name: "7 days" }).click();
  await expect(page.getByRole("img", { name: "Done: 42 · Failed: 3 · Stopped: 0" })).toBeVisible();
});
