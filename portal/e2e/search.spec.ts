/** Finding and going by keyboard. */

import { expect, test } from "./console";

test("a slash, some letters and an arrow lead to a repository", async ({ page }) => {
  await page.goto("/projects");
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Search projects and repositories" });
  await expect(field).toBeFocused();
  await page.keyboard.type("alpine");
  await expect(page.getByRole("option", { name: "tools/base/alpine" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/projects\/tools\/repositories\/base%2Falpine$/);
});

test("Enter shows all that has the text in its name", async ({ page }) => {
  await page.goto("/projects");
  await page.getByRole("combobox", { name: "Search projects and repositories" }).fill("shop");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/search\?text=shop$/);
  await expect(page.getByRole("heading", { level: 1, name: "Results for “shop”" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "shop", exact: true }).click();
  await expect(page).toHaveURL(/\/projects\/shop\/summary$/);
});

test("the palette goes to a page", async ({ page }) => {
  await page.goto("/projects");
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Go to a page or do something" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("quot");
  await expect(palette.getByRole("option", { name: "Quotas" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Quotas" })).toBeVisible();
});

test.describe("a guest", () => {
  test.use({ role: "guest" });
  test("is led nowhere that only administrators go", async ({ page }) => {
    await page.goto("/projects");
    await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
    await page.keyboard.type("quot");
    await expect(page.getByText("Nothing matches.")).toBeVisible();
  });
});
