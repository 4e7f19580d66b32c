/** Signing in, one's own account, and how the console looks in this browser. */

import { expect, PASSWORD, settled, signIn, test, told, unique } from "./console";

test.describe("somebody with an account", () => {
  test.use({ role: "visitor", refusals: ["401 /c/login"] });

  test("is told when the password is wrong", async ({ page }) => {
    await page.goto("/account/sign-in");
    await signIn(page, "developer", "Wrong-1234");
    await expect(page.getByText("The user name or the password is wrong.")).toBeVisible();
    await expect(page).toHaveURL(/sign-in/);
  });

  test("comes back to where one was asked to sign in", async ({ page, api, project }) => {
    const user = await api.user();
    await api.post(`/projects/${project}/members`, { role_id: 2, member_user: { username: user } });
    await page.goto("/projects/tools/repositories");
    await page.getByRole("link", { name: "Sign in" }).click();
    await signIn(page, user, PASSWORD);
    await expect(page).toHaveURL(/\/projects\/tools\/repositories$/);
    await expect(page.getByRole("button", { name: "Your account" })).toContainText(user);
  });

  test("makes the account, and is signed in", async ({ page, api }) => {
    const user = unique("newcomer");
    await page.goto("/account/sign-in");
    await page.getByRole("link", { name: "Create an account" }).click();
    // The page before has a field of a longer name.
    await page.getByRole("textbox", { name: "User name", exact: true }).fill("developer");
    await expect(page.getByText("Somebody has this user name already")).toBeVisible();
    await page.getByRole("textbox", { name: "User name", exact: true }).fill(user);
    await page.getByRole("textbox", { name: "E-mail address" }).fill(`${user}@example.com`);
    await page.getByRole("textbox", { name: "Full name" }).fill("New Comer");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
    await page.getByRole("textbox", { name: "Password again" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("button", { name: "Your account" })).toContainText(user);
    const [found] = await api.get(`/users?q=username%3D${user}`);
    expect(found).toMatchObject({ realname: "New Comer", sysadmin_flag: false });
  });

  test("signs out, and is nobody", async ({ page, api }) => {
    const user = await api.user();
    await page.goto("/account/sign-in");
    await signIn(page, user, PASSWORD);
    await expect(page).not.toHaveURL(/sign-in/);
    await settled(page);
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
    expect((await page.request.get("/api/v2.0/users/current")).status()).toBe(401);
  });

  test("changes the password, and goes on", async ({ page, api }) => {
    const user = await api.user();
    await page.goto("/account/sign-in?next=/account");
    await signIn(page, user, PASSWORD);
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByRole("textbox", { name: "New password", exact: true }).fill("Harbour-5678");
    await page.getByRole("textbox", { name: "New password again" }).fill("Harbour-5678");
    await page.getByRole("button", { name: "Change password" }).click();
    await told(page, "The password was changed");
    expect((await page.request.get("/api/v2.0/users/current")).status()).toBe(200);
    const login = (password: string) =>
      fetch(new URL("/api/v2.0/users/current", page.url()), {
        headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
      }).then(({ status }) => status);
    expect(await login(PASSWORD)).toBe(401);
    expect(await login("Harbour-5678")).toBe(200);
  });

  test("changes the profile", async ({ page, api }) => {
    const user = await api.user();
    const email = `${unique("other")}@example.com`;
    await page.goto("/account/sign-in?next=/account");
    await signIn(page, user, PASSWORD);
    await page.getByRole("textbox", { name: "E-mail address" }).fill(email);
    await page.getByRole("button", { name: "Save" }).click();
    await told(page, "The profile was saved");
    const [found] = await api.get(`/users?q=username%3D${user}`);
    expect(found.email).toBe(email);
  });
});

test("the theme is chosen, and stays", async ({ page }) => {
  await page.goto("/preferences");
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/pf-v6-theme-dark/);
});

test("the language is chosen, holds at once, and stays", async ({ page }) => {
  await page.goto("/preferences");
  await page.getByRole("combobox", { name: "Language" }).selectOption("de-DE");
  await expect(page.locator("html")).toHaveAttribute("lang", "de-DE");
  await page.goto("/projects");
  await expect(page.getByRole("heading", { level: 1, name: "Projekte" })).toBeVisible();
});
