import { expect, test as setup } from "@playwright/test";
import { type Role, stateOf, USERS } from "./console";

for (const [role, { name, password }] of Object.entries(USERS)) {
  setup(`${role} signs in`, async ({ page }) => {
    await page.goto("/account/sign-in");
    await page.getByRole("textbox", { name: "User name or e-mail" }).fill(name);
    await page.getByLabel("Password", { exact: false }).and(page.locator("input")).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
    await page.context().storageState({ path: stateOf(role as Role) });
  });
}
