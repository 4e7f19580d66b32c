/** Labels of a project and of all projects. */

import { choose, expect, row, test, told, unique } from "./console";

const idOf = async (api: { get: (path: string) => Promise<{ project_id: number }> }, project: string) =>
  (await api.get(`/projects/${project}`)).project_id;

test("a label is made with a color", async ({ page, api, project }) => {
  await page.goto(`/projects/${project}/labels`);
  await page.getByRole("button", { name: "New label" }).click();
  const dialog = page.getByRole("dialog", { name: "New label" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("released");
  await dialog.getByRole("textbox", { name: "Description" }).fill("What customers run");
  await dialog.getByRole("radio", { name: "Green" }).check();
  await dialog.getByRole("button", { name: "Create" }).click();

  await told(page, "Label released was made");
  await expect(row(page, "released")).toContainText("What customers run");
  const [label] = await api.get(`/labels?scope=p&project_id=${await idOf(api, project)}`);
  expect(label).toMatchObject({ name: "released", description: "What customers run" });
  expect(label.color).toMatch(/^#[0-9a-f]{6}$/i);
});

test.describe(() => {
  test.use({ refusals: ["409 /labels"] });
  test("a name that is taken is refused in the dialog", async ({ page, api, project }) => {
    const project_id = await idOf(api, project);
    await api.post("/labels", { name: "taken", scope: "p", project_id });
    await page.goto(`/projects/${project}/labels`);
    await page.getByRole("button", { name: "New label" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("taken");
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(dialog.getByText(/already/)).toBeVisible();
  });
});

test("a label is renamed", async ({ page, api, project }) => {
  const project_id = await idOf(api, project);
  await api.post("/labels", { name: "old-name", scope: "p", project_id });
  await page.goto(`/projects/${project}/labels`);
  await choose(page, "Actions for old-name", "Edit");
  const dialog = page.getByRole("dialog", { name: "Edit label" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("new-name");
  await dialog.getByRole("button", { name: "Save" }).click();

  await told(page, "Label new-name was saved");
  const labels = await api.get(`/labels?scope=p&project_id=${project_id}`);
  expect(labels.map((one: { name: string }) => one.name)).toEqual(["new-name"]);
});

test("several labels of all projects are deleted at once", async ({ page, api }) => {
  const prefix = unique("many");
  for (const part of ["a", "b", "c"]) await api.post("/labels", { name: `${prefix}-${part}`, scope: "g" });
  await page.goto(`/admin/labels?name=${prefix}`);
  await page.getByRole("checkbox", { name: `Select ${prefix}-a` }).check();
  await page.getByRole("checkbox", { name: `Select ${prefix}-b` }).check();
  await page.getByRole("button", { name: /^Delete/ }).click();
  await page
    .getByRole("dialog", { name: "Delete 2 labels?" })
    .getByRole("button", { name: "Delete" })
    .click();

  await told(page, "2 labels were deleted");
  await expect(row(page, `${prefix}-a`)).toHaveCount(0);
  const left = await api.get(`/labels?scope=g&name=${prefix}`);
  expect(left.map((one: { name: string }) => one.name)).toEqual([`${prefix}-c`]);
});
