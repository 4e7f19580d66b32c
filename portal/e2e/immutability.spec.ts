/** Tags that nobody may change. */

import { type Api, choose, expect, test, told } from "./console";

const RULE = {
  tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "1.*" }],
  scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] },
};

const TAG = (project: string) => `/projects/${project}/repositories/web/artifacts/1.1/tags/1.1`;
const held = async (api: Api, project: string) =>
  (await api.get(`/projects/${project}/repositories/web/artifacts/1.1/tags?with_immutable_status=true`))[0]
    .immutable;

test("a rule holds the tags that it matches", async ({ page, api, filled }) => {
  await page.goto(`/projects/${filled}/immutability`);
  await expect(page.getByText("No tag is held yet")).toBeVisible();
  await page.getByRole("button", { name: "Add rule" }).click();
  const dialog = page.getByRole("dialog", { name: "New rule" });
  await dialog.getByRole("textbox", { name: "Tags: Pattern" }).fill("1.*");
  await expect(dialog.getByText("3 of 3 tags, in 1 of 1 repositories")).toBeVisible();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  await told(page, "The rule was added");
  expect(await held(api, filled)).toBe(true);
  expect(await api.status(TAG(filled), "DELETE")).toBe(412);
  await page.goto(`/projects/${filled}/repositories/web/artifacts/1.1?tab=tags`);
  await expect(page.getByRole("row", { name: "1.1" })).toContainText("Immutable");
});

test("a rule is disabled, and holds nothing", async ({ page, api, filled }) => {
  await api.post(`/projects/${filled}/immutabletagrules`, RULE);
  await page.goto(`/projects/${filled}/immutability`);
  await choose(page, /^Actions for 1\.\* in/, "Disable");
  await told(page, "The rule no longer holds");
  expect(await held(api, filled)).toBe(false);
});

test("a rule is deleted", async ({ page, api, filled }) => {
  await api.post(`/projects/${filled}/immutabletagrules`, RULE);
  await page.goto(`/projects/${filled}/immutability`);
  await choose(page, /^Actions for 1\.\* in/, "Delete");
  await page
    .getByRole("dialog", { name: "Delete this rule?" })
    .getByRole("button", { name: "Delete" })
    .click();
  await told(page, "The rule was deleted");
  expect(await api.get(`/projects/${filled}/immutabletagrules`)).toEqual([]);
});
