/** Damage in the store is found, told, set aside and healed. */

import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { choose, expect, row, test } from "./alone";

/** The file that holds the bytes of a digest. */
async function fileOf(digest: string): Promise<string> {
  const hash = digest.replace("sha256:", "");
  const folder = join(process.env.ALONE_DATA ?? "", "storage/blobs/sha256", hash.slice(0, 2));
  const name = (await readdir(folder)).find((one) => one.startsWith(hash));
  return join(folder, name ?? "");
}

/** Begins a check, and waits for what it tells. */
async function check(page: Page, kind: "Check" | "Scrub") {
  await page.goto(`/admin/cleanup?tab=${kind.toLowerCase()}`);
  await page.getByRole("button", { name: `${kind} now` }).click();
  const asking = page.getByRole("dialog");
  await asking.getByRole("switch", { name: "Repair what can be repaired" }).check({ force: true });
  await asking.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog", { name: new RegExp(`^${kind} \\d+$`) });
  await expect(dialog.getByText("Done", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  return dialog;
}

test("bytes that are gone are found, with who needs them", async ({ page, api, project }) => {
  const digest = await api.push(`${project}/web`, "1");
  await rm(await fileOf(digest));
  const dialog = await check(page, "Check");
  const found = dialog.getByRole("grid", { name: "What was found" }).getByRole("row");
  const finding = found.filter({ hasText: `${project}/web` });
  await expect(finding).toContainText("Missing bytes");
  await expect(finding).toContainText("Yes");
  await expect(dialog.getByRole("region", { name: "Log" })).toContainText(digest);

  await page.goto(`/admin/cleanup?digest=${encodeURIComponent(digest)}`);
  await expect(page.getByText(/A check found this blob damaged/)).toBeVisible();
  await expect(page.getByText(`In ${project}/web`)).toBeVisible();
  await api.delete(`/projects/${project}/repositories/web`);
});

test("a scrub finds what a disk has changed", async ({ page, api, project }) => {
  const digest = await api.push(`${project}/web`, "1");
  const file = await fileOf(digest);
  await writeFile(file, Buffer.alloc((await stat(file)).size));
  const dialog = await check(page, "Scrub");
  const found = dialog.getByRole("grid", { name: "What was found" }).getByRole("row");
  await expect(found.filter({ hasText: `${project}/web` })).toContainText("Wrong content");
  await api.delete(`/projects/${project}/repositories/web`);
});

test.describe(() => {
  test.use({ refusals: ["409 /system/quarantine"] });
  test("damaged bytes are set aside, and stay while their blob waits", async ({ page, api, project }) => {
    const digest = await api.push(`${project}/web`, "1");
    await writeFile(await fileOf(digest), "short");
    await check(page, "Check");
    await page.goto(`/admin/cleanup?tab=quarantine&digest=${encodeURIComponent(digest)}`);
    await expect(row(page, "Wrong size")).toContainText("Stays until deleted");
    await choose(page, `Actions for ${digest}`, "Delete");
    const dialog = page.getByRole("dialog", { name: "Delete these bytes now?" });
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(dialog.getByText(/a blob still has these bytes/)).toBeVisible();
    expect(await api.get(`/system/quarantine?q=digest%3D${digest}`)).toHaveLength(1);
    await api.delete(`/projects/${project}/repositories/web`);
  });
});
