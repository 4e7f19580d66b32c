/** Making and deleting projects, and their settings. */

import { choose, expect, row, test, told, unique } from "./console";

const GIB = 1024 ** 3;

test("a public project is made with a limit", async ({ page, api }) => {
  const name = unique("made");
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("switch", { name: "Public" }).check({ force: true });
  await dialog.getByRole("spinbutton", { name: "Storage limit in GiB" }).fill("2");
  await dialog.getByRole("button", { name: "Create" }).click();

  await told(page, `Project ${name} was made`);
  await expect(row(page, name)).toContainText("Public");
  const { project_id, metadata } = await api.get(`/projects/${name}`);
  expect(metadata.public).toBe("true");
  const [quota] = await api.get(`/quotas?reference=project&reference_id=${project_id}`);
  expect(quota.hard.storage).toBe(2 * GIB);
});

test("a name that is none is refused at the field", async ({ page, api }) => {
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  const name = dialog.getByRole("textbox", { name: "Name" });
  await name.fill("Not A Name");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByText("Lower-case letters and digits, separated by . _ or -")).toBeVisible();
  expect(await api.status("/projects?project_name=Not%20A%20Name", "HEAD")).toBe(404);
});

test.describe(() => {
  test.use({ refusals: ["409 /projects"] });
  test("a name that is taken is refused in the dialog", async ({ page, project }) => {
    await page.goto("/projects?new=true");
    const dialog = page.getByRole("dialog", { name: "New project" });
    await dialog.getByRole("textbox", { name: "Name" }).fill(project);
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(dialog.getByText(/already/)).toBeVisible();
  });
});

test("an empty project is deleted once its name was typed", async ({ page, api, project }) => {
  await page.goto(`/projects?name=${project}`);
  await choose(page, `Actions for ${project}`, "Delete");
  const dialog = page.getByRole("dialog", { name: `Delete project ${project}?` });
  await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
  await dialog.getByRole("textbox").fill(project);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await told(page, `Project ${project} was deleted`);
  expect(await api.status(`/projects?project_name=${project}`, "HEAD")).toBe(404);
});

test("of several projects those that hold something stay, and it is said why", async ({
  page,
  api,
  filled,
}) => {
  const empty = unique("empty");
  await api.post("/projects", { project_name: empty });
  await page.goto("/projects?sort=-creation_time");
  for (const name of [empty, filled]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  await page.getByRole("button", { name: /^Delete/ }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 1 project?" });
  await expect(dialog.getByText(`${filled} holds 1 repository. Delete that first.`)).toBeVisible();
  await dialog.getByRole("textbox").fill("1 project");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await told(page, `Project ${empty} was deleted`);
  expect(await api.tags(filled, "web")).toHaveLength(3);
});

test("a project's settings are changed", async ({ page, api, project }) => {
  await page.goto(`/projects/${project}/configuration`);
  const isPublic = page.getByRole("switch", { name: "Public" });
  await expect(isPublic).toBeEnabled();
  await isPublic.check({ force: true });
  await page.getByRole("button", { name: "Save" }).click();
  await told(page, `The configuration of ${project} was saved`);
  expect((await api.get(`/projects/${project}`)).metadata.public).toBe("true");
});

test.describe("a guest", () => {
  test.use({ role: "guest" });
  test("is not offered to delete a project of others", async ({ page }) => {
    await page.goto("/projects?name=shop");
    await expect(row(page, "shop")).toContainText("Guest");
    await expect(page.getByRole("button", { name: "Actions for shop" })).toHaveCount(0);
  });
});
