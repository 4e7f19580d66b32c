/** Settings that everybody notices: read-only, a message, the limit of new projects. */

import { choose, expect, open, settled, test, told, unique } from "./alone";

const SYSTEM = "/admin/configuration?tab=system";
const READ_ONLY = "This registry is read-only: pulls work, changes are refused.";

test.afterEach(({ api }) =>
  api.put("/configurations", { read_only: false, banner_message: "", storage_per_project: -1 }),
);

test.describe(() => {
  test.use({ refusals: ["403 /repositories/web"] });
  test("a registry that is read-only says so, and explains what it refuses", async ({
    page,
    api,
    filled,
  }) => {
    await page.goto(SYSTEM);
    await settled(page);
    await page.getByRole("switch", { name: "Read-only" }).check({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await told(page, "Saved");
    await expect(page.getByText(READ_ONLY)).toBeVisible();

    await page.goto(`/projects/${filled}/repositories`);
    await choose(page, "Actions for web", "Delete");
    const dialog = page.getByRole("dialog", { name: "Delete the repository web?" });
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(dialog.getByText(/A rule or a limit forbids this: the registry is read-only/)).toBeVisible();
    expect(await api.tags(filled, "web")).toHaveLength(3);
    await expect(api.push(`${filled}/web`, "new")).rejects.toThrow(/^403 .*DENIED/);

    await page.goto(SYSTEM);
    await expect(page.getByText(READ_ONLY)).toBeVisible();
    await settled(page);
    await page.getByRole("switch", { name: "Read-only" }).uncheck({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await told(page, "Saved");
    await expect(page.getByText(READ_ONLY)).toHaveCount(0);
    await api.push(`${filled}/web`, "new");
  });
});

test("a message is shown to everybody until one closes it", async ({ page, browser, baseURL }) => {
  const text = `Down on Sunday ${unique("at")}`;
  await page.goto(SYSTEM);
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("combobox", { name: "Kind" }).selectOption("Warning");
  await page.getByRole("checkbox", { name: "Readers may close it" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await told(page, "Saved");

  const visitor = await open(browser, baseURL, "visitor");
  await visitor.goto("/projects");
  const banner = visitor.getByText(text);
  await expect(banner).toBeVisible();
  await visitor.getByRole("button", { name: "Close", exact: true }).click();
  await expect(banner).toHaveCount(0);
  await visitor.reload();
  await expect(visitor.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  await expect(banner).toHaveCount(0);
  await visitor.context().close();
});

test("a message goes when its last day is over", async ({ page, api }) => {
  const over = { message: "It is over", type: "info", toDate: "2020-01-31" };
  await api.put("/configurations", { banner_message: JSON.stringify(over) });
  await page.goto("/projects");
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
  await expect(page.getByText("It is over")).toHaveCount(0);
});

test("new projects get the limit that is set for them", async ({ page, api }) => {
  await page.goto("/admin/quotas");
  await page.getByRole("button", { name: "Change default" }).click();
  const dialog = page.getByRole("dialog", { name: "Storage limit of new projects" });
  await dialog.getByRole("switch", { name: "Unlimited" }).uncheck({ force: true });
  await dialog.getByRole("spinbutton", { name: "Limit" }).fill("2");
  await dialog.getByRole("combobox", { name: "Unit" }).selectOption("GiB");
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, "The limit of new projects was changed");
  await expect(page.getByText("New projects: 2 GiB")).toBeVisible();
  const project_name = unique("limited");
  await api.post("/projects", { project_name });
  const { project_id } = await api.get(`/projects/${project_name}`);
  const [quota] = await api.get(`/quotas?reference=project&reference_id=${project_id}`);
  expect(quota.hard.storage).toBe(2 * 1024 ** 3);
});
