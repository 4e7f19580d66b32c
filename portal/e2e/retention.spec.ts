/** What a project keeps: rules, dry runs, runs. */

import { type Api, expect, row, test, told } from "./console";

/** Keeps the artifact pushed last. */
async function keepOne(api: Api, project: string): Promise<number> {
  const { project_id } = await api.get(`/projects/${project}`);
  const everything = (decoration: string) => [{ kind: "doublestar", decoration, pattern: "**" }];
  const rule = {
    action: "retain",
    template: "latestPushedK",
    params: { latestPushedK: 1 },
    tag_selectors: everything("matches"),
    scope_selectors: { repository: everything("repoMatches") },
  };
  await api.post("/retentions", {
    algorithm: "or",
    rules: [rule],
    scope: { level: "project", ref: project_id },
    trigger: { kind: "Schedule", settings: { cron: "" } },
  });
  return Number((await api.get(`/projects/${project}`)).metadata.retention_id);
}

test("a first rule is added", async ({ page, api, filled }) => {
  await page.goto(`/projects/${filled}/retention`);
  await expect(page.getByText("Nothing is deleted by itself yet")).toBeVisible();
  await page.getByRole("button", { name: "Add rule" }).click();
  const dialog = page.getByRole("dialog", { name: "New rule" });
  await dialog.getByRole("spinbutton", { name: "How many" }).fill("2");
  await dialog.getByRole("textbox", { name: "Tags: Pattern" }).fill("1.*");
  await expect(dialog.getByText("chooses from 3 of 3 artifacts")).toBeVisible();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  await told(page, "The rules were saved");
  await expect(row(page, "the last 2 pushed")).toContainText("1.*");
  const { metadata } = await api.get(`/projects/${filled}`);
  const { rules } = await api.get(`/retentions/${metadata.retention_id}`);
  expect(rules).toHaveLength(1);
  expect(rules[0]).toMatchObject({ template: "latestPushedK", params: { latestPushedK: 2 } });
});

test("a dry run tells what would go, and nothing goes", async ({ page, api, filled }) => {
  await keepOne(api, filled);
  await page.goto(`/projects/${filled}/retention`);
  await page.getByRole("button", { name: "Dry run" }).click();
  await expect(page).toHaveURL(/\/retention\/runs\/\d+$/);
  await expect(page.getByText("2 of 3 artifacts would be deleted.")).toBeVisible();
  await expect(page.getByText("Nothing was deleted: this shows what a run would do.")).toBeVisible();
  expect(await api.tags(filled, "web")).toEqual(["1.1", "1.2", "1.3"]);
});

test("a run deletes what no rule keeps", async ({ page, api, filled }) => {
  await keepOne(api, filled);
  await page.goto(`/projects/${filled}/retention`);
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete what no rule keeps?" });
  await dialog.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText("2 of 3 artifacts deleted.")).toBeVisible();
  expect(await api.tags(filled, "web")).toEqual(["1.3"]);
});

test("a schedule is set", async ({ page, api, filled }) => {
  const policy = await keepOne(api, filled);
  await page.goto(`/projects/${filled}/retention`);
  await page.getByRole("button", { name: "Change schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "When retention runs" });
  await dialog.getByRole("combobox", { name: "Schedule" }).selectOption("Every day");
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, "The schedule was saved");
  const { trigger } = await api.get(`/retentions/${policy}`);
  expect(trigger.settings.cron).toMatch(/^0 \d+ \d+ \* \* \*$/);
});

test("all rules are deleted, and the artifacts stay", async ({ page, api, filled }) => {
  const policy = await keepOne(api, filled);
  await page.goto(`/projects/${filled}/retention`);
  await page.getByRole("button", { name: "Delete all rules" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByText("Nothing is deleted by itself yet")).toBeVisible();
  expect(await api.status(`/retentions/${policy}`)).toBe(404);
  expect(await api.tags(filled, "web")).toHaveLength(3);
});
