/** The programs that look for vulnerabilities. */

import { type Api, choose, expect, row, test, told, unique } from "./alone";

const URL = process.env.SCANNER_URL ?? "";

interface Scanner {
  uuid: string;
  name: string;
  is_default: boolean;
  disabled: boolean;
}

const scanners = (api: Api): Promise<Scanner[]> => api.get("/scanners?page_size=100");

/** Two scanners, of which the first is the default. An address is taken once, whatever comes behind it. */
async function two(api: Api): Promise<[string, string]> {
  const names: [string, string] = [unique("first"), unique("second")];
  for (const name of names) await api.post("/scanners", { name, url: `${URL}/${name}/..` });
  const first = (await scanners(api)).find(({ name }) => name === names[0]);
  await api.call("PATCH", `/scanners/${first?.uuid}`, { is_default: true });
  return names;
}

test.afterEach(async ({ api }) => {
  for (const { uuid } of await scanners(api)) await api.delete(`/scanners/${uuid}`);
});

test.describe(() => {
  test.use({ refusals: ["4 /scanners/ping", "5 /scanners/ping"] });
  test("a scanner is tried, and added", async ({ page, api }) => {
    const name = unique("scanner");
    await page.goto("/admin/scanners");
    await page.getByRole("button", { name: "Add scanner" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Add scanner" });
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("textbox", { name: "Address" }).fill("http://127.0.0.1:9");
    await dialog.getByRole("button", { name: "Test connection" }).click();
    await expect(dialog.getByText(/no scanner answers there/)).toBeVisible();
    await dialog.getByRole("textbox", { name: "Address" }).fill(URL);
    await dialog.getByRole("button", { name: "Test connection" }).click();
    await expect(dialog.getByText("The scanner answers")).toBeVisible();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();

    await told(page, `Scanner ${name} was added`);
    await expect(row(page, name)).toContainText("Answers");
    // The first one is for all projects.
    await expect(row(page, name)).toContainText("Default");
    expect(await scanners(api)).toEqual([expect.objectContaining({ name, is_default: true })]);
  });
});

test("another scanner becomes the default", async ({ page, api }) => {
  const [first, second] = await two(api);
  await page.goto("/admin/scanners");
  await choose(page, `Actions for ${second}`, "Make default");
  await told(page, `${second} is the default scanner now`);
  await expect(row(page, second)).toContainText("Default");
  await expect(row(page, first)).not.toContainText("Default");
});

test("a scanner is disabled, and enabled again", async ({ page, api }) => {
  const [, second] = await two(api);
  const disabled = async () => (await scanners(api)).find(({ name }) => name === second)?.disabled;
  await page.goto("/admin/scanners");
  await choose(page, `Actions for ${second}`, "Disable");
  await told(page, `${second} is disabled`);
  expect(await disabled()).toBe(true);
  await choose(page, `Actions for ${second}`, "Enable");
  await told(page, `${second} is enabled`);
  expect(await disabled()).toBe(false);
});

test("a scanner gets another name, tells what it is, and is deleted", async ({ page, api }) => {
  const [first, second] = await two(api);
  await page.goto("/admin/scanners");
  await choose(page, `Actions for ${second}`, "Edit");
  const dialog = page.getByRole("dialog", { name: `Change scanner ${second}` });
  const renamed = unique("renamed");
  await dialog.getByRole("textbox", { name: "Name" }).fill(renamed);
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, `Scanner ${renamed} was changed`);

  await choose(page, `Actions for ${renamed}`, "What it says of itself");
  const metadata = page.getByRole("dialog", { name: `Scanner ${renamed}` });
  await expect(metadata).toContainText("E2E 1 (Nobody)");
  await metadata.getByRole("button", { name: "Close" }).last().click();

  await choose(page, `Actions for ${renamed}`, "Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await told(page, `Scanner ${renamed} was deleted`);
  expect((await scanners(api)).map(({ name }) => name)).toEqual([first]);
});

test("a project uses a scanner of its own choice", async ({ page, api, project }) => {
  const [, second] = await two(api);
  await page.goto(`/projects/${project}/scanner`);
  await page.getByRole("button", { name: "Change scanner" }).click();
  const dialog = page.getByRole("dialog", { name: "Change scanner" });
  await dialog.getByRole("radio", { name: second }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, "The project has another scanner now");
  await expect(page.getByRole("heading", { level: 2, name: second })).toBeVisible();
  expect((await api.get(`/projects/${project}/scanner`)).name).toBe(second);
});

test("everything is scanned at once", async ({ page, api, filled }) => {
  await two(api);
  await page.goto("/admin/scanners?tab=vulnerability");
  await page.getByRole("button", { name: "Scan everything now" }).click();
  await told(page, "The scan has begun");
  await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 30_000 });
  const path = `/projects/${filled}/repositories/web/artifacts/1.1?with_scan_overview=true`;
  const overview = Object.values((await api.get(path)).scan_overview);
  expect(overview).toEqual([expect.objectContaining({ scan_status: "Success", severity: "Critical" })]);
});
