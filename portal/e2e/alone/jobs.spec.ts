/** What goes on in the background: queues, schedules, running jobs, clean-up. */

import { type Api, choose, expect, row, test, told } from "./alone";

const GC = "Garbage collection";

test.afterEach(async ({ api }) => {
  await api.put("/jobservice/queues/all", { action: "resume" });
  await api.put("/system/gc/schedule", { schedule: { type: "None" } });
});

const latest = async (api: Api, kind: string) => (await api.get(`/system/${kind}`))[0];

test("a queue is paused, what waits in it is dropped, and it is resumed", async ({ page, api }) => {
  await page.goto("/admin/jobs");
  await page.getByRole("button", { name: `Pause ${GC}` }).click();
  await told(page, "Paused: waiting jobs stay, and none begins");
  await expect(row(page, GC)).toContainText("Paused");
  await api.post("/system/gc/schedule", { schedule: { type: "Manual" } });
  await page.getByRole("button", { name: `Drop what waits of ${GC}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drop" }).click();
  await told(page, "What waited was dropped");
  await expect.poll(async () => (await latest(api, "gc")).job_status).toBe("Stopped");
  await page.getByRole("button", { name: `Resume ${GC}` }).click();
  await told(page, "Resumed");
  await expect(page.getByRole("button", { name: `Pause ${GC}` })).toBeVisible();
});

test("all queues are paused at once, and resumed", async ({ page, api }) => {
  const paused = async () =>
    (await api.get("/jobservice/queues")).filter((one: { paused: boolean }) => one.paused).length;
  await page.goto("/admin/jobs");
  await page.getByRole("button", { name: "Pause all" }).click();
  await expect(page.getByRole("button", { name: "Pause all" })).toBeDisabled();
  expect(await paused()).toBeGreaterThan(5);
  await page.getByRole("button", { name: "Resume all" }).click();
  await expect(page.getByRole("button", { name: "Resume all" })).toBeDisabled();
  expect(await paused()).toBe(0);
});

test("a job that runs is stopped, and its log can be read", async ({ page, api, project }) => {
  await api.push(`${project}/large`, "1", 60_000_000);
  await page.goto("/admin/jobs?tab=workers");
  await expect(page.getByText("Nothing runs at the moment.")).toBeVisible();
  await api.post("/system/scrub/schedule", { schedule: { type: "Manual" }, parameters: { rate: 1 } });
  await row(page, "Scrub").getByRole("button", { name: "Log" }).click();
  const log = page.getByRole("dialog", { name: /^Scrub, job / });
  await expect(log.getByRole("region", { name: "Log" })).toBeVisible();
  await page.keyboard.press("Escape");
  await row(page, "Scrub").getByRole("button", { name: "Stop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await told(page, "It is being stopped");
  await expect.poll(async () => (await latest(api, "scrub")).job_status).toBe("Stopped");
  await expect(page.getByText("Nothing runs at the moment.")).toBeVisible();
});

test("a schedule is set, stands among the schedules, and all are paused", async ({ page, api }) => {
  await page.goto("/admin/cleanup");
  await page.getByRole("button", { name: "Set a schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "Schedule of garbage collection" });
  await dialog.getByRole("combobox", { name: "When" }).selectOption("Every day");
  await dialog.getByLabel("Time of day, UTC").fill("03:30");
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, "The schedule was saved");
  expect((await api.get("/system/gc/schedule")).schedule.cron).toBe("0 30 3 * * *");

  await page.goto("/admin/jobs?tab=schedules");
  await expect(row(page, GC)).toContainText("Every day at 03:30 UTC");
  await page.getByRole("button", { name: "Pause all schedules" }).click();
  await expect(page.getByText("All schedules are paused")).toBeVisible();
  expect((await api.get("/schedules/all/paused")).paused).toBe(true);
  await page.getByRole("button", { name: "Resume all schedules" }).click();
  await expect(page.getByText("All schedules are paused")).toHaveCount(0);
  await page.getByRole("link", { name: GC }).click();
  await expect(page).toHaveURL(/\/admin\/cleanup$/);
});

test("a dry run tells what would be freed, and frees nothing", async ({ page, api, filled }) => {
  await page.goto("/admin/cleanup");
  await page.getByRole("button", { name: "Collect garbage" }).click();
  const asking = page.getByRole("dialog", { name: "Collect garbage" });
  await asking.getByRole("switch", { name: "Dry run" }).check({ force: true });
  await asking.getByRole("button", { name: "Show what would go" }).click();
  const dialog = page.getByRole("dialog", { name: /^Garbage collection \d+$/ });
  await expect(dialog.getByText(/would be freed/)).toBeVisible();
  await expect(dialog.getByText("Done", { exact: true })).toBeVisible();
  const { id } = await latest(api, "gc");
  await page.keyboard.press("Escape");
  await expect(row(page, String(id)).first()).toContainText("Dry run");
  expect(await api.tags(filled, "web")).toHaveLength(3);
});

test("a dry run tells how many entries of the audit log would go", async ({ page, api }) => {
  await page.goto("/admin/cleanup?tab=audit-log");
  await page.getByRole("button", { name: "Purge audit log" }).click();
  const asking = page.getByRole("dialog", { name: "Purge the audit log" });
  await asking.getByRole("switch", { name: "Dry run" }).check({ force: true });
  await asking.getByRole("button", { name: "Show what would go" }).click();
  const dialog = page.getByRole("dialog", { name: /^Audit log purge \d+$/ });
  await expect(dialog.getByText("0 entries would be removed")).toBeVisible();
  await page.keyboard.press("Escape");
  const { id } = await latest(api, "purgeaudit");
  await choose(page, `Actions for run ${id}`, "Details and log");
  await expect(dialog.getByRole("region", { name: "Log" })).toBeVisible();
});
