/** Every dialog opens without a fault and without barriers; nothing is sent. */

import type { Page } from "@playwright/test";
import { expect, look, open, test, type Watch, watch } from "./console";

// The pictures tell what a trace would.
test.use({ trace: "off" });

const PROJECT = "/projects/shop";

/** Where each dialog is, and the buttons and menu items that open it. */
const DIALOGS: [path: string, ...steps: string[]][] = [
  ["/projects?new=true"],
  ["/projects?name=tools", "Actions for tools", "Delete"],
  [`${PROJECT}/members`, "Add members"],
  [`${PROJECT}/members`, "What may each role do?"],
  [`${PROJECT}/members`, "Actions for guest", "Remove"],
  [`${PROJECT}/labels`, "New label"],
  [`${PROJECT}/robots`, "New robot"],
  [`${PROJECT}/robots`, "Actions for robot$shop+ci", "Renew secret"],
  [`${PROJECT}/robots`, "Actions for robot$shop+ci", "Edit"],
  [`${PROJECT}/robots`, "Push and pull"],
  [`${PROJECT}/webhooks`, "New webhook"],
  [`${PROJECT}/webhooks`, "Actions for chat", "Delete"],
  [`${PROJECT}/retention`, "Add rule"],
  [`${PROJECT}/retention`, "Change schedule"],
  [`${PROJECT}/retention`, "Run now"],
  [`${PROJECT}/immutability`, "Add rule"],
  [`${PROJECT}/deleted`, "Actions for shop/web:old", "Restore"],
  [`${PROJECT}/deleted`, "Actions for shop/web:old", "Delete for good"],
  [`${PROJECT}/repositories/web`, "Push commands"],
  [`${PROJECT}/repositories/web`, "Actions for web:1.3", "Edit labels"],
  [`${PROJECT}/repositories/web`, "Actions for web:1.3", "Copy to another repository"],
  [`${PROJECT}/repositories/web`, "Actions for web:1.3", "Add tag"],
  [`${PROJECT}/repositories/web`, "Actions for web:1.3", "Delete"],
  [`${PROJECT}/repositories/web/artifacts/1.3?tab=vulnerabilities`, "Show log"],
  [`${PROJECT}/audit-log?operation=delete`, "Show details: "],
  ["/admin/users", "New user"],
  ["/admin/users", "Actions for guest", "Reset password"],
  ["/admin/users", "Actions for guest", "Delete"],
  ["/admin/robots", "New robot"],
  ["/admin/quotas", "Change default"],
  ["/admin/cleanup", "Collect garbage"],
  ["/admin/cleanup", "Set a schedule"],
  ["/admin/cleanup?tab=check", "Check now"],
];

async function show(page: Page, [first, then]: string[]): Promise<void> {
  if (first)
    await page
      .getByRole("button", { name: first, exact: first.at(-1) !== " " })
      .first()
      .click();
  if (then) await page.getByRole("menuitem", { name: then, exact: true }).click();
}

for (const part of ["/projects", "/admin"]) {
  test.describe(part, () => {
    // One page for all of them, which is several times as quick.
    test.describe.configure({ mode: "default" });
    let page: Page;
    let watched: Watch;
    test.beforeAll(async ({ browser, baseURL }) => {
      page = await open(browser, baseURL, "admin");
      watched = watch(page, "admin");
    });
    test.afterAll(() => page.context().close());
    for (const [path, ...steps] of DIALOGS.filter(([path]) => path.startsWith(part))) {
      test([path, ...steps].join(" › "), async () => {
        watched.faults.length = 0;
        watched.pending.clear();
        await page.goto(path);
        await show(page, steps);
        const dialog = page.getByRole("dialog");
        await expect(dialog).toBeVisible();
        await look(page, ["dialog", path, ...steps].join("-").replace(/[^a-z0-9]+/gi, "-"));
        await page.keyboard.press("Escape");
        await expect(dialog).toHaveCount(0);
        expect(watched.faults, "failed requests and errors of the page").toEqual([]);
      });
    }
  });
}
