/** Whom a project tells of what happens in it. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { choose, expect, row, test, told } from "./console";

const HOOK = {
  name: "chat",
  enabled: true,
  event_types: ["PUSH_ARTIFACT"],
  targets: [{ type: "http", address: "http://127.0.0.1:9/hook" }],
};

test("a webhook is set up with its events", async ({ page, api, project }) => {
  await page.goto(`/projects/${project}/webhooks`);
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("deployments");
  await dialog.getByRole("checkbox", { name: "Artifact pushed" }).check();
  await dialog.getByRole("checkbox", { name: "Scan done" }).check();
  await dialog.getByRole("textbox", { name: "Address" }).fill("https://ci.example.com/hooks");
  await dialog.getByRole("textbox", { name: "Authorization header" }).fill("Bearer secret-of-the-hook");
  await dialog.getByRole("button", { name: "Create" }).click();

  await told(page, "Webhook deployments was made");
  await expect(row(page, "deployments")).toContainText("https://ci.example.com/hooks");
  const [policy] = await api.get(`/projects/${project}/webhook/policies`);
  expect(policy.event_types.sort()).toEqual(["PUSH_ARTIFACT", "SCANNING_COMPLETED"]);
  expect(policy).toMatchObject({ enabled: true, targets: [{ type: "http" }] });
  expect(await page.content()).not.toContain("secret-of-the-hook");
});

test("a webhook takes an event and an address", async ({ page, project }) => {
  await page.goto(`/projects/${project}/webhooks`);
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("nowhere");
  await dialog.getByRole("textbox", { name: "Address" }).fill("ci.example.com");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText("Choose at least one event")).toBeVisible();
  await expect(dialog.getByText(/An address such as/)).toBeVisible();
});

test("a webhook is paused from the list and resumed from its page", async ({ page, api, project }) => {
  await api.post(`/projects/${project}/webhook/policies`, HOOK);
  await page.goto(`/projects/${project}/webhooks`);
  await choose(page, "Actions for chat", "Disable");
  await told(page, "chat was disabled");
  const enabled = async () => (await api.get(`/projects/${project}/webhook/policies`))[0].enabled;
  expect(await enabled()).toBe(false);

  await page.getByRole("link", { name: "chat" }).click();
  await expect(page.getByRole("heading", { name: "Deliveries" })).toBeVisible();
  await page.getByRole("button", { name: "Enable" }).click();
  await told(page, "chat was enabled");
  expect(await enabled()).toBe(true);
});

test("a webhook is deleted from its page", async ({ page, api, project }) => {
  await api.post(`/projects/${project}/webhook/policies`, HOOK);
  await page.goto(`/projects/${project}/webhooks`);
  await page.getByRole("link", { name: "chat" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: "Delete this webhook?" })
    .getByRole("button", { name: "Delete" })
    .click();
  await told(page, "The webhook was deleted");
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  expect(await api.get(`/projects/${project}/webhook/policies`)).toEqual([]);
});

test("what was delivered is told on the webhook's page", async ({ page, api, filled }) => {
  await api.post(`/projects/${filled}/webhook/policies`, { ...HOOK, event_types: ["DELETE_ARTIFACT"] });
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.1`);
  await page.goto(`/projects/${filled}/webhooks`);
  await page.getByRole("link", { name: "chat" }).click();
  await expect(row(page, "Artifact deleted")).toBeVisible();
});

test("what was delivered is shown in full, and delivered again", async ({ page, api, filled }) => {
  const heard: string[] = [];
  const receiver = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      heard.push(`${request.headers.authorization} ${Buffer.concat(parts)}`);
      answer.end("thanks");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  await api.post(`/projects/${filled}/webhook/policies`, {
    name: "build",
    enabled: true,
    event_types: ["DELETE_ARTIFACT"],
    targets: [{ type: "http", address, auth_header: "Bearer of-the-hook" }],
  });
  await api.delete(`/projects/${filled}/repositories/web/artifacts/1.1`);
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatch(/^Bearer of-the-hook .*"type":"DELETE_ARTIFACT"/);

  const [{ id }] = await api.get(`/projects/${filled}/webhook/policies`);
  await page.goto(`/projects/${filled}/webhooks/${id}`);
  await expect(row(page, "Artifact deleted")).toContainText("Done");
  await row(page, "Artifact deleted").getByRole("button").first().click();
  const dialog = page.getByRole("dialog", { name: /^Delivery \d+$/ });
  await expect(dialog.getByText("1 attempt")).toBeVisible();
  await dialog.getByRole("button", { name: "What was sent" }).click();
  await expect(dialog.getByRole("code").filter({ hasText: "DELETE_ARTIFACT" })).toBeVisible();
  await expect(dialog).not.toContainText("of-the-hook");
  await dialog.getByRole("button", { name: "Deliver again" }).click();
  await told(page, "It is being delivered again");
  await expect.poll(() => heard.length).toBe(2);
  expect(heard[1]).toBe(heard[0]);
  await expect(row(page, "Artifact deleted")).toHaveCount(2);
  receiver.close();
});
