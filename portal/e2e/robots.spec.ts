/** Accounts for programs: their secret is shown once, and works. */

import type { Page } from "@playwright/test";
import { choose, expect, row, test, told, unique } from "./console";

/** What the server says to the robot, asked as a client of the registry asks. */
async function login(page: Page, name: string, secret: string): Promise<number> {
  const Authorization = `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;
  const answer = await fetch(new URL("/service/token?service=harbor-registry", page.url()), {
    headers: { Authorization },
  });
  return answer.status;
}

/** Reads the secret that is shown, and says that it is kept. */
async function keepSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog", { name: "The robot's secret" });
  const secret = await dialog.getByRole("textbox", { name: "Secret", exact: true }).inputValue();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog).toHaveCount(0);
  return secret;
}

const ROBOT = (project: string) => ({
  name: "ci",
  duration: 30,
  level: "project",
  permissions: [
    { kind: "project", namespace: project, access: [{ resource: "repository", action: "pull" }] },
  ],
});

test("a project's robot pushes and pulls, with a secret that is shown once", async ({
  page,
  api,
  project,
}) => {
  await page.goto(`/projects/${project}/robots`);
  await page.getByRole("button", { name: "New robot" }).click();
  const dialog = page.getByRole("dialog", { name: "New robot" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("build");
  await dialog.getByRole("button", { name: "Push and pull" }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  const secret = await keepSecret(page);

  await expect(row(page, `robot$${project}+build`)).toContainText("Push and pull");
  expect(await login(page, `robot$${project}+build`, secret)).toBe(200);
  const { project_id } = await api.get(`/projects/${project}`);
  const [robot] = await api.get(`/robots?q=Level%3Dproject%2CProjectID%3D${project_id}`);
  const access = robot.permissions[0].access.map(
    (one: { resource: string; action: string }) => `${one.resource}:${one.action}`,
  );
  expect(access).toEqual(expect.arrayContaining(["repository:pull", "repository:push"]));
  expect(await page.content()).not.toContain(secret);
});

test("a robot's name has to be one", async ({ page, project }) => {
  await page.goto(`/projects/${project}/robots`);
  await page.getByRole("button", { name: "New robot" }).click();
  const dialog = page.getByRole("dialog", { name: "New robot" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("No Name");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription(
    /Lower-case letters and digits/,
  );
  await expect(dialog).toBeVisible();
});

test("a robot is disabled, and can't sign in", async ({ page, api, project }) => {
  const { name, secret } = await (await api.post("/robots", ROBOT(project))).json();
  await page.goto(`/projects/${project}/robots`);
  expect(await login(page, name, secret)).toBe(200);
  await choose(page, `Actions for ${name}`, "Disable");
  await page
    .getByRole("dialog", { name: "Disable this robot?" })
    .getByRole("button", { name: "Disable" })
    .click();

  await told(page, `${name} was disabled`);
  await expect(row(page, name)).toContainText("Disabled");
  expect(await login(page, name, secret)).toBe(401);
});

test("a disabled robot is enabled again", async ({ page, api, project }) => {
  const { id, name, secret } = await (await api.post("/robots", ROBOT(project))).json();
  await api.put(`/robots/${id}`, { ...(await api.get(`/robots/${id}`)), disable: true });
  await page.goto(`/projects/${project}/robots`);
  await choose(page, `Actions for ${name}`, "Enable");
  await page
    .getByRole("dialog", { name: "Enable this robot?" })
    .getByRole("button", { name: "Enable" })
    .click();
  await told(page, `${name} was enabled`);
  expect(await login(page, name, secret)).toBe(200);
});

test("what a robot may do and for how long is changed, and its secret stays", async ({
  page,
  api,
  project,
}) => {
  const { id, name, secret } = await (await api.post("/robots", ROBOT(project))).json();
  await page.goto(`/projects/${project}/robots`);
  await choose(page, `Actions for ${name}`, "Edit");
  const dialog = page.getByRole("dialog", { name: "Edit robot" });
  await dialog.getByRole("textbox", { name: "Description" }).fill("Builds of the web");
  await dialog.getByRole("combobox", { name: "Good for" }).selectOption("Never expires");
  await dialog.getByRole("button", { name: "Push and pull" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, `${name} was saved`);
  await expect(row(page, name)).toContainText("Push and pull");
  await expect(row(page, name)).toContainText("Never");
  const robot = await api.get(`/robots/${id}`);
  expect(robot).toMatchObject({ description: "Builds of the web", duration: -1 });
  expect(robot.permissions[0].access).toContainEqual(
    expect.objectContaining({ resource: "repository", action: "push" }),
  );
  expect(await login(page, name, secret)).toBe(200);
});

test("a secret of one's own has to be a good one", async ({ page, api, project }) => {
  const { name } = await (await api.post("/robots", ROBOT(project))).json();
  await page.goto(`/projects/${project}/robots`);
  await choose(page, `Actions for ${name}`, "Renew secret");
  const dialog = page.getByRole("dialog", { name: "Renew the secret" });
  await dialog.getByRole("radio", { name: "Set my own" }).check();
  await dialog.getByRole("textbox", { name: "Secret" }).fill("short");
  await dialog.getByRole("button", { name: "Renew" }).click();
  await expect(dialog.getByRole("textbox", { name: "Secret" })).toHaveAttribute("aria-invalid", "true");
  await dialog.getByRole("textbox", { name: "Secret" }).fill("Kept-elsewhere-1");
  await dialog.getByRole("button", { name: "Renew" }).click();
  await told(page, `The secret of ${name} was renewed`);
  expect(await login(page, name, "Kept-elsewhere-1")).toBe(200);
});

test("a secret is renewed, and the new one works", async ({ page, api, project }) => {
  const { name } = await (await api.post("/robots", ROBOT(project))).json();
  await page.goto(`/projects/${project}/robots`);
  await choose(page, `Actions for ${name}`, "Renew secret");
  await page.getByRole("dialog", { name: "Renew the secret" }).getByRole("button", { name: "Renew" }).click();
  expect(await login(page, name, await keepSecret(page))).toBe(200);
});

test("a robot is deleted", async ({ page, api, project }) => {
  const { id, name } = await (await api.post("/robots", ROBOT(project))).json();
  await page.goto(`/projects/${project}/robots`);
  await choose(page, `Actions for ${name}`, "Delete");
  await page
    .getByRole("dialog", { name: "Delete this robot?" })
    .getByRole("button", { name: "Delete" })
    .click();
  await told(page, "The robot was deleted");
  await expect(page.getByText("No robots yet")).toBeVisible();
  expect(await api.status(`/robots/${id}`)).toBe(404);
});

test("a robot of the system works in the projects that are chosen", async ({ page, api, project }) => {
  const name = unique("deploy");
  await page.goto("/admin/robots");
  await page.getByRole("button", { name: "New robot" }).click();
  const dialog = page.getByRole("dialog", { name: "New robot" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("combobox", { name: "Add a project by name" }).fill(project);
  await dialog.getByRole("option", { name: project }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await keepSecret(page);
  const [robot] = await api.get(`/robots?q=name%3D${name}`);
  expect(robot).toMatchObject({ level: "system", permissions: [{ kind: "project", namespace: project }] });
});
