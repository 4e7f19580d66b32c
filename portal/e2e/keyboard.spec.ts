/** All by keyboard: signing in, menus, and dialogs that hold the focus and give it back. */

import { expect, PASSWORD, settled, test, told, unique } from "./console";

test.describe("a visitor", () => {
  test.use({ role: "visitor" });
  test("signs in without a mouse", async ({ page, api }) => {
    const user = await api.user();
    await page.goto("/account/sign-in");
    // The first field has the focus.
    await expect(page.getByRole("textbox", { name: "User name or e-mail" })).toBeFocused();
    await page.keyboard.type(user);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("textbox", { name: "Password" })).toBeFocused();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Your account" })).toBeVisible();
  });
});

test("the first stop of a page leads to its content", async ({ page }) => {
  await page.goto("/projects");
  await settled(page);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a dialog holds the focus, and gives it back", async ({ page, project }) => {
  await page.goto(`/projects/${project}/labels`);
  // The button is another one once the list is there.
  await settled(page);
  const button = page.getByRole("button", { name: "New label" });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New label" });
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  for (const key of [...Array<string>(12).fill("Tab"), ...Array<string>(5).fill("Shift+Tab")]) {
    await page.keyboard.press(key);
    const isInside = await dialog.evaluate((element) => element.contains(document.activeElement));
    expect(isInside, `after ${key}`).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
});

test("a row's menu is opened, gone through and closed, and something is done by it", async ({
  page,
  api,
  project,
}) => {
  const { project_id } = await api.get(`/projects/${project}`);
  await api.post("/labels", { name: "old", scope: "p", project_id });
  await page.goto(`/projects/${project}/labels`);
  const menu = page.getByRole("button", { name: "Actions for old" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  await told(page, /deleted/);
});

test("the menu of a page has the focus again after its dialogs", async ({ page, filled }) => {
  await page.goto(`/projects/${filled}/repositories/web/artifacts/1.2`);
  // The menu has more once the permissions are there.
  await settled(page);
  const menu = page.getByRole("button", { name: "Actions", exact: true });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Delete", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(menu).toBeFocused();
});

test("a project is made from the palette", async ({ page, api }) => {
  const name = unique("typed");
  await page.goto("/audit-log");
  await settled(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("new proj");
  const option = page.getByRole("option", { name: "New project" });
  await expect(option).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await told(page, `Project ${name} was made`);
  expect(await api.status(`/projects?project_name=${name}`, "HEAD")).toBe(200);
});
