/** What one looks at stands in the address: links, reloading and going back keep it. */

import { type Api, expect, logged, row, test } from "./console";

/** Twenty labels, `label-01` to `label-20`. */
async function labels(api: Api, project: string): Promise<void> {
  const { project_id } = await api.get(`/projects/${project}`);
  for (let number = 1; number <= 20; number += 1) {
    const name = `label-${String(number).padStart(2, "0")}`;
    await api.post("/labels", { name, scope: "p", project_id });
  }
}

test("page, size, order and filter are kept by reloading and going back", async ({ page, api, project }) => {
  await labels(api, project);
  await page.goto(`/projects/${project}/labels?size=15&sort=-name`);
  await expect(page.getByRole("row")).toHaveCount(16);
  await expect(page.getByRole("row").nth(1)).toContainText("label-20");
  await page.getByRole("button", { name: "Next page" }).first().click();
  const named = () => Object.fromEntries(new URL(page.url()).searchParams);
  await expect.poll(named).toEqual({ size: "15", sort: "-name", page: "2" });
  await expect(page.getByRole("row").nth(1)).toContainText("label-05");
  const address = page.url();

  await page.reload();
  await expect(page.getByRole("row")).toHaveCount(6);
  await expect(page.getByRole("row").nth(1)).toContainText("label-05");

  await page.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("label-01");
  await expect(page).not.toHaveURL(/page=2/);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole("row").nth(1)).toContainText("label-05");

  await page.getByRole("searchbox").last().fill("label-1");
  await expect(page.getByRole("row")).toHaveCount(11);
  await page.reload();
  await expect(page.getByRole("row")).toHaveCount(11);
  await expect(page.getByRole("searchbox").last()).toHaveValue("label-1");
});

test("a tab is kept by reloading, by going on and back", async ({ page, filled }) => {
  await page.goto(`/projects/${filled}/repositories/web`);
  await page
    .getByRole("link", { name: "1.2" })
    .or(page.getByRole("link", { name: /^sha256:/ }))
    .first()
    .click();
  await page.getByRole("tab", { name: "Tags" }).click();
  await expect(page).toHaveURL(/tab=tags/);
  await page.reload();
  await expect(page.getByRole("tab", { name: "Tags" })).toHaveAttribute("aria-selected", "true");
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Tags" })).toHaveAttribute("aria-selected", "false");
  await page.goForward();
  await expect(page.getByRole("tab", { name: "Tags" })).toHaveAttribute("aria-selected", "true");
});

test("a choice among filters is kept, and taken away", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.1`);
  await logged(api, "delete", filled);
  await page.goto(`/projects/${filled}/audit-log`);
  await page.getByRole("button", { name: "Operation" }).first().click();
  await page.getByRole("option", { name: "Delete" }).click();
  await expect(row(page, `${filled}/web`)).toHaveCount(1);
  await page.reload();
  await expect(row(page, `${filled}/web`)).toHaveCount(1);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).not.toHaveURL(/operation=/);
  await expect.poll(() => page.getByRole("row").count()).toBeGreaterThan(2);
});

test.describe("a visitor", () => {
  test.use({ role: "visitor" });
  test("comes by a link to a page of a list, in its order", async ({ page }) => {
    await page.goto("/projects/tools/repositories/base%2Falpine?text=3.2");
    await expect(row(page, "3.2")).toBeVisible();
    await expect(page.getByRole("row")).toHaveCount(2);
  });
});
