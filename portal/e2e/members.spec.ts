/** Who belongs to a project: adding, changing roles, removing. */

import { choose, expect, row, test, told } from "./console";

test("a user becomes a member with a role", async ({ page, api, project }) => {
  const user = await api.user();
  await page.goto(`/projects/${project}/members`);
  await page.getByRole("button", { name: "Add members" }).click();
  const dialog = page.getByRole("dialog", { name: "Add members" });
  await dialog.getByRole("combobox", { name: "Find a user by name" }).fill(user);
  await dialog.getByRole("option", { name: user }).click();
  await dialog.getByRole("radio", { name: "Maintainer" }).check();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  await told(page, "One member was added");
  await expect(row(page, user)).toContainText("Maintainer");
  const members = await api.get(`/projects/${project}/members`);
  expect(members).toContainEqual(expect.objectContaining({ entity_name: user, role_id: 4 }));
});

test("nobody is added without being chosen", async ({ page, project }) => {
  await page.goto(`/projects/${project}/members`);
  await page.getByRole("button", { name: "Add members" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText("Choose at least one user or group");
});

test("a role is changed where it stands", async ({ page, api, project }) => {
  const user = await api.user();
  await api.post(`/projects/${project}/members`, { role_id: 3, member_user: { username: user } });
  await page.goto(`/projects/${project}/members`);
  await page.getByRole("button", { name: `Role of ${user}: Guest` }).click();
  await page.getByRole("option", { name: /^Developer/ }).click();

  await told(page, "The role was changed");
  await expect(page.getByRole("button", { name: `Role of ${user}: Developer` })).toBeVisible();
  const members = await api.get(`/projects/${project}/members`);
  expect(members).toContainEqual(expect.objectContaining({ entity_name: user, role_id: 2 }));
});

test("a member is removed, and the others stay", async ({ page, api, project }) => {
  const [gone, stays] = [await api.user(), await api.user()];
  for (const username of [gone, stays]) {
    await api.post(`/projects/${project}/members`, { role_id: 2, member_user: { username } });
  }
  await page.goto(`/projects/${project}/members`);
  await choose(page, `Actions for ${gone}`, "Remove");
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();

  await told(page, "The member was removed");
  await expect(row(page, gone)).toHaveCount(0);
  const names = (await api.get(`/projects/${project}/members`)).map(
    (one: { entity_name: string }) => one.entity_name,
  );
  expect(names.sort()).toEqual(["admin", stays].sort());
});

test.describe("a guest", () => {
  test.use({ role: "guest" });
  test("sees the members and what roles may do, and changes nothing", async ({ page }) => {
    await page.goto("/projects/shop/members");
    await expect(row(page, "owner")).toContainText("Project admin");
    await expect(page.getByRole("button", { name: /Add members|Role of|Actions for/ })).toHaveCount(0);
    await page.getByRole("button", { name: "What may each role do?" }).click();
    await expect(page.getByRole("dialog", { name: "What each role may do" })).toBeVisible();
  });
});
