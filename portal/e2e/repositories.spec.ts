/** A project's repositories. */

import { choose, expect, row, test, told } from "./console";

test("a repository is deleted, and can be restored", async ({ page, api, filled }) => {
  await page.goto(`/projects/${filled}/repositories`);
  await choose(page, "Actions for web", "Delete");
  const dialog = page.getByRole("dialog", { name: "Delete the repository web?" });
  await expect(dialog).toContainText("It can be undone");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await told(page, "The repository was deleted");
  await expect(page.getByText("No repositories yet")).toBeVisible();
  expect(await api.status(`/projects/${filled}/repositories/web`)).toBe(404);
  expect(await api.get(`/projects/${filled}/deletions`)).toEqual([
    expect.objectContaining({ kind: "repository" }),
  ]);
});

test("a repository is described in Markdown", async ({ page, api, filled }) => {
  await page.goto(`/projects/${filled}/repositories/web?tab=info`);
  await page.getByRole("button", { name: "Write a description" }).click();
  await page.getByRole("textbox", { name: "Description" }).fill("# Web\n\nAsk **Anna**.");
  await page.getByRole("button", { name: "Save" }).click();
  await told(page, "The description was saved");
  await expect(page.getByRole("heading", { name: "Web", exact: true })).toBeVisible();
  expect((await api.get(`/projects/${filled}/repositories/web`)).description).toContain("Ask **Anna**.");
});

test("an empty project says how to push to it", async ({ page, project }) => {
  await page.goto(`/projects/${project}/repositories`);
  await expect(page.getByText("No repositories yet")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Push it" })).toHaveValue(new RegExp(`/${project}/`));
});

test("repositories are found by a part of their name", async ({ page, api, filled }) => {
  await api.post(`/projects/${filled}/repositories/other/artifacts?from=shop/web:1.1`);
  await page.goto(`/projects/${filled}/repositories`);
  await expect(row(page, "web")).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter by name" }).fill("oth");
  await expect(row(page, "web")).toHaveCount(0);
  await expect(row(page, "other")).toBeVisible();
});
