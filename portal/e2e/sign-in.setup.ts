/** Signs each user in once; the tests go on from there. */

import { expect, type Role, test as setup, signIn, stateOf, USERS } from "./console";

setup.use({ role: "visitor" });
for (const [role, { name, password }] of Object.entries(USERS)) {
  setup(`${role} signs in`, async ({ page }) => {
    await page.goto("/account/sign-in");
    await signIn(page, name, password);
    await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
    await page.context().storageState({ path: stateOf(role as Role) });
  });
}
