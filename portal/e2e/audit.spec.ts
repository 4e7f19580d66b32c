/** Who did what. */

import { expect, logged, row, test } from "./console";

test("a deletion is found by its filters, and told in full", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.2`);
  await logged(api, "delete", filled);
  await page.goto(`/projects/${filled}/audit-log`);
  await page.getByRole("button", { name: "Operation" }).first().click();
  await page.getByRole("option", { name: "Delete" }).click();
  await expect(page).toHaveURL(/operation=delete/);
  await expect(row(page, `${filled}/web`)).toHaveCount(1);
  await page.getByRole("button", { name: /^Show details: / }).click();
  const dialog = page.getByRole("dialog", { name: "Entry of the audit log" });
  await expect(dialog).toContainText("admin");
  await expect(dialog).toContainText(`${filled}/web`);
  await dialog.getByRole("link", { name: "To the repository" }).click();
  await expect(page.getByRole("heading", { name: "web" })).toBeVisible();
});

test("the log of all is filtered by who did it", async ({ page, api }) => {
  const user = await api.user("somebody");
  await logged(api, "create", user);
  await page.goto(`/audit-log?resource=${user}`);
  await expect(row(page, user)).toContainText("Create");
  await page.getByRole("searchbox", { name: "User" }).fill("nobody-at-all");
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
});

test.describe("a developer", () => {
  test.use({ role: "developer" });
  test("is not led to a log that he may not see", async ({ page }) => {
    await page.goto("/projects/shop/summary");
    const tabs = page.getByRole("navigation", { name: "Parts of the project" });
    await expect(tabs.getByRole("link", { name: "Members" })).toBeVisible();
    await expect(tabs.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  });
});
