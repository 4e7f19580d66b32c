/** Images of a repository: their tags and labels, copies, and deleting them. */

import { choose, expect, row, test, told } from "./console";

const PLACE = (project: string) => `/projects/${project}/repositories/web`;

test("a tag is added", async ({ page, api, filled }) => {
  await page.goto(`${PLACE(filled)}/artifacts/1.1?tab=tags`);
  await page.getByRole("button", { name: "Add tag" }).click();
  const dialog = page.getByRole("dialog", { name: "Add tag" });
  await dialog.getByRole("textbox", { name: "Tag" }).fill("stable");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await told(page, "The tag stable was added");
  await expect(row(page, "stable")).toBeVisible();
  expect(await api.tags(filled, "web")).toContain("stable");
});

test("a tag is deleted, and the artifact stays", async ({ page, api, filled }) => {
  await page.goto(`${PLACE(filled)}/artifacts/1.1?tab=tags`);
  await choose(page, "Actions for 1.1", "Delete");
  await page
    .getByRole("dialog", { name: "Delete the tag 1.1?" })
    .getByRole("button", { name: "Delete" })
    .click();
  await told(page, "The tag was deleted");
  await expect(page).toHaveURL(/\/artifacts\/sha256:|\/artifacts\/sha256%3A/);
  await expect(page.getByText("No tags")).toBeVisible();
  expect(await api.tags(filled, "web")).toEqual(["1.2", "1.3"]);
  expect(await api.get(`/projects/${filled}/repositories/web/artifacts`)).toHaveLength(3);
});

test("a label is put on an artifact", async ({ page, api, filled }) => {
  const { project_id } = await api.get(`/projects/${filled}`);
  await api.post("/labels", { name: "released", scope: "p", project_id });
  await page.goto(PLACE(filled));
  await choose(page, "Actions for web:1.2", "Edit labels");
  const dialog = page.getByRole("dialog", { name: "Edit labels" });
  await dialog.getByRole("checkbox", { name: "released" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, "The labels were saved");
  await expect(row(page, "1.2")).toContainText("released");
  const { labels } = await api.get(`/projects/${filled}/repositories/web/artifacts/1.2?with_label=true`);
  expect(labels).toEqual([expect.objectContaining({ name: "released" })]);
});

test("an artifact is copied into another repository", async ({ page, api, filled }) => {
  await page.goto(`${PLACE(filled)}/artifacts/1.2`);
  await choose(page, "Actions", "Copy to another repository");
  const dialog = page.getByRole("dialog", { name: "Copy artifact" });
  await dialog.getByRole("textbox", { name: "Repository" }).fill("copy/of-web");
  await dialog.getByRole("button", { name: "Copy" }).click();
  await told(page, `It was copied to ${filled}/copy/of-web`);
  expect(await api.tags(filled, "copy%252Fof-web")).toEqual(["1.2"]);
  await page.getByRole("button", { name: "Show the copy" }).click();
  await expect(page).toHaveURL(/\/repositories\/copy%2Fof-web\/artifacts\//);
});

test("several artifacts are deleted at once", async ({ page, api, filled }) => {
  await page.goto(PLACE(filled));
  await page.getByRole("checkbox", { name: "Select web:1.1" }).check();
  await page.getByRole("checkbox", { name: "Select web:1.2" }).check();
  await choose(page, "Actions for 2 selected", "Delete");
  const dialog = page.getByRole("dialog", { name: "Delete 2 artifacts?" });
  await expect(dialog).toContainText(/Tags that go: 1\.[12] and 1\.[12]\./);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await told(page, "2 artifacts were deleted");
  await expect(row(page, "1.1")).toHaveCount(0);
  expect(await api.tags(filled, "web")).toEqual(["1.3"]);
});

test("artifacts are found by a part of a tag", async ({ page, filled }) => {
  await page.goto(PLACE(filled));
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.getByRole("searchbox", { name: "Tag or digest" }).fill("1.3");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page).toHaveURL(/text=/);
});

test("an artifact is scanned, and what was found is shown", async ({ page, api, filled }) => {
  await page.goto(PLACE(filled));
  await choose(page, "Actions for web:1.1", "Scan now");
  await told(page, "The scan has begun");
  await expect
    .poll(async () => {
      const one = await api.get(`/projects/${filled}/repositories/web/artifacts/1.1?with_scan_overview=true`);
      return Object.values(one.scan_overview ?? {}).map(
        (report) => (report as { scan_status: string }).scan_status,
      );
    })
    .toEqual(["Success"]);
  await expect(row(page, "1.1")).not.toContainText("Not scanned");
});

test.describe("a guest", () => {
  test.use({ role: "guest" });
  test("may copy the pull command, and deletes nothing", async ({ page }) => {
    await page.goto("/projects/shop/repositories/web");
    await page.getByRole("button", { name: "Actions for web:1.1" }).click();
    await expect(page.getByRole("menuitem", { name: "Copy pull command" })).toBeVisible();
    await expect(page.getByRole("menuitem", { name: /Delete|Add tag|Edit labels|Scan/ })).toHaveCount(0);
  });
});
