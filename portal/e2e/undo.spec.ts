/** Having back what was deleted, and ending it for good. */

import { choose, expect, row, test, told } from "./console";

test("a deleted tag comes back", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.1/tags/1.1`);
  await page.goto(`/projects/${filled}/deleted`);
  await choose(page, new RegExp(`^Actions for ${filled}/web:1.1`), "Restore");
  await page
    .getByRole("dialog", { name: "Undo 1 deletion?" })
    .getByRole("button", { name: "Restore" })
    .click();
  await told(page, /web:1\.1 is back/);
  await expect(page.getByText("Nothing was deleted lately")).toBeVisible();
  expect(await api.tags(filled, "web")).toEqual(["1.1", "1.2", "1.3"]);
});

test("a deleted repository comes back with its tags", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web`);
  await page.goto(`/projects/${filled}/deleted`);
  await expect(row(page, "web")).toContainText("Repository");
  await choose(page, new RegExp(`^Actions for ${filled}/web`), "Restore");
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await told(page, /web is back: \d tags/);
  expect(await api.tags(filled, "web")).toEqual(["1.1", "1.2", "1.3"]);
});

test("what was just deleted is a click away, and found by its tag", async ({ page, filled }) => {
  await page.goto(`/projects/${filled}/repositories/web`);
  await choose(page, "Actions for web:1.2", "Delete");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It can be undone under “Deleted” for 7 days.");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Undo under “Deleted”" }).click();
  await expect(row(page, "web@sha256:")).toContainText("1.2");
  const field = page.getByRole("searchbox", { name: "Tag or digest" });
  await field.fill("9.9");
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
  await field.fill("1.2");
  await expect(row(page, "web@sha256:")).toContainText("in 7 days");
});

test("what is ended for good is asked for by typing the project's name", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.2`);
  await page.goto(`/projects/${filled}/deleted`);
  await choose(page, new RegExp(`^Actions for ${filled}/web`), "Delete for good");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete for good" })).toBeDisabled();
  await dialog.getByRole("textbox").fill(filled);
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await told(page, /is gone for good/);
  await expect(page.getByText("Nothing was deleted lately")).toBeVisible();
  expect(await api.get(`/projects/${filled}/deletions`)).toEqual([]);
});

test("several tags come back at once", async ({ page, api, filled }) => {
  for (const tag of ["1.1", "1.2"])
    await api.delete(`/projects/${filled}/repositories/web/artifacts/${tag}/tags/${tag}`);
  await page.goto(`/projects/${filled}/deleted`);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: /^Restore/ }).click();
  await page
    .getByRole("dialog", { name: "Undo 2 deletions?" })
    .getByRole("button", { name: "Restore" })
    .click();
  await told(page, "2 deletions were undone");
  expect(await api.tags(filled, "web")).toEqual(["1.1", "1.2", "1.3"]);
});

test("a tag that was made again meanwhile is left as it is", async ({ page, api, filled }) => {
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.1`);
  await api.post(`/projects/${filled}/repositories/web/artifacts/1.2/tags`, { name: "1.1" });
  await page.goto(`/projects/${filled}/deleted`);
  await choose(page, new RegExp(`^Actions for ${filled}/web`), "Restore");
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await told(page, /is back\. 1 tag was left as it is/);
  const { tags } = await api.get(`/projects/${filled}/repositories/web/artifacts/1.1?with_tag=true`);
  expect(tags.map(({ name }: { name: string }) => name).sort()).toEqual(["1.1", "1.2"]);
});
