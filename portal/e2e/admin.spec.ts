/** What administrators do: users, quotas, garbage, settings. */

import { choose, expect, PASSWORD, row, settled, test, told, unique } from "./console";

test("a user is made, and can sign in", async ({ page, api }) => {
  const name = unique("new");
  await page.goto("/admin/users");
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog", { name: "New user" });
  await dialog.getByRole("textbox", { name: "User name" }).fill(name);
  await dialog.getByRole("textbox", { name: "E-mail" }).fill(`${name}@example.com`);
  await dialog.getByRole("textbox", { name: "Full name" }).fill("Somebody New");
  await dialog.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
  await dialog.getByRole("textbox", { name: "Password again" }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Create" }).click();

  await told(page, `User ${name} was created`);
  const [user] = await api.get(`/users?q=username%3D${name}`);
  expect(user).toMatchObject({ realname: "Somebody New", sysadmin_flag: false });
  const answer = await fetch(new URL("/api/v2.0/users/current", page.url()), {
    headers: { Authorization: `Basic ${Buffer.from(`${name}:${PASSWORD}`).toString("base64")}` },
  });
  expect(answer.status).toBe(200);
});

test("a user becomes an administrator", async ({ page, api }) => {
  const name = await api.user("promoted");
  await page.goto(`/admin/users?username=${name}`);
  await choose(page, `Actions for ${name}`, "Make administrator");
  await page.getByRole("dialog").getByRole("button", { name: "Make administrator" }).click();
  await told(page, `${name} is an administrator now`);
  await expect(row(page, name)).toContainText("Administrator");
  expect((await api.get(`/users?q=username%3D${name}`))[0].sysadmin_flag).toBe(true);
});

test("administration is taken away again", async ({ page, api }) => {
  const name = await api.user("demoted");
  const [{ user_id }] = await api.get(`/users?q=username%3D${name}`);
  await api.put(`/users/${user_id}/sysadmin`, { sysadmin_flag: true });
  await page.goto(`/admin/users?username=${name}`);
  await choose(page, `Actions for ${name}`, "Take administration away");
  await page.getByRole("dialog").getByRole("button", { name: "Take administration away" }).click();
  await told(page, `${name} is no administrator any more`);
  expect((await api.get(`/users/${user_id}`)).sysadmin_flag).toBe(false);
});

test("a user gets a new password, and the old one is good no more", async ({ page, api }) => {
  const name = await api.user("forgetful");
  await page.goto(`/admin/users?username=${name}`);
  await choose(page, `Actions for ${name}`, "Reset password");
  const dialog = page.getByRole("dialog", { name: `New password for ${name}` });
  await dialog.getByRole("textbox", { name: "Password", exact: true }).fill("Harbour-5678");
  await dialog.getByRole("textbox", { name: "Password again" }).fill("Harbour-5679");
  await dialog.getByRole("button", { name: "Set password" }).click();
  await expect(dialog.getByText("The two passwords differ")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Password again" }).fill("Harbour-5678");
  await dialog.getByRole("button", { name: "Set password" }).click();
  await told(page, `${name} has a new password`);
  const login = async (password: string) =>
    (
      await fetch(new URL("/api/v2.0/users/current", page.url()), {
        headers: { Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` },
      })
    ).status;
  expect(await login("Harbour-5678")).toBe(200);
  expect(await login(PASSWORD)).toBe(401);
});

test("a group is renamed, and deleted", async ({ page, api }) => {
  const [name, renamed] = [unique("group"), unique("team")];
  await api.post("/usergroups", { group_name: name, group_type: 3 });
  await page.goto(`/admin/groups?name=${name}`);
  await expect(row(page, name)).toContainText("OIDC");
  await choose(page, `Actions for ${name}`, "Rename");
  const dialog = page.getByRole("dialog", { name: `Rename group ${name}` });
  await dialog.getByRole("textbox", { name: "Name" }).fill(renamed);
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, `The group is called ${renamed} now`);
  await page.getByRole("searchbox", { name: "Filter by name" }).fill(renamed);
  await choose(page, `Actions for ${renamed}`, "Delete");
  await page
    .getByRole("dialog", { name: `Delete group ${renamed}?` })
    .getByRole("button", { name: "Delete" })
    .click();
  await told(page, "1 group was deleted");
  expect(await api.get(`/usergroups?group_name=${renamed}`)).toEqual([]);
});

test("it is told why a blob is still stored", async ({ page, api, project }) => {
  const layer = await api.push(`${project}/web`, "own");
  const field = page.getByRole("textbox", { name: "Digest of a blob" });
  await page.goto("/admin/cleanup");
  await field.fill("sha256:short");
  await expect(page.getByText("A digest is sha256: and 64 characters of 0-9 and a-f.")).toBeVisible();
  await field.fill(layer);
  await page.getByRole("button", { name: "Look it up" }).click();
  await expect(page.getByText(`In ${project}/web`)).toBeVisible();
  await page.getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project}/repositories/web/artifacts/sha256`));
  // The page asks for what is deleted next.
  await settled(page);

  await api.delete(`/projects/${project}/repositories/web/artifacts/own`);
  await page.goto(`/admin/cleanup?digest=${encodeURIComponent(layer)}`);
  await expect(page.getByText(`Deleted from ${project}/web`)).toBeVisible();
  await page.getByRole("link", { name: "To the deleted items" }).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project}/deleted$`));
});

test("a user is deleted", async ({ page, api }) => {
  const name = await api.user("gone");
  await page.goto(`/admin/users?username=${name}`);
  await choose(page, `Actions for ${name}`, "Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await told(page, "1 user was deleted");
  expect(await api.get(`/users?q=username%3D${name}`)).toEqual([]);
});

test("a project's limit is changed", async ({ page, api, project }) => {
  await page.goto(`/admin/quotas?project=${project}&ref.project_name=${project}`);
  await page.getByRole("searchbox", { name: "Filter by project" }).fill(project);
  await page.getByRole("button", { name: `Change the limit of ${project}` }).click();
  const dialog = page.getByRole("dialog", { name: `Storage limit of ${project}` });
  await dialog.getByRole("switch", { name: "Unlimited" }).uncheck({ force: true });
  await dialog.getByRole("spinbutton", { name: "Limit" }).fill("3");
  await dialog.getByRole("combobox", { name: "Unit" }).selectOption("GiB");
  await dialog.getByRole("button", { name: "Save" }).click();
  await told(page, `The limit of ${project} was changed`);
  const { project_id } = await api.get(`/projects/${project}`);
  const [quota] = await api.get(`/quotas?reference=project&reference_id=${project_id}`);
  expect(quota.hard.storage).toBe(3 * 1024 ** 3);
});

test("garbage is collected, and its log is read", async ({ page, api }) => {
  await page.goto("/admin/cleanup");
  const latest = async () => (await api.get("/system/gc"))[0];
  const before = (await latest())?.id ?? 0;
  await page.getByRole("button", { name: "Collect garbage" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run now" }).click();
  await expect
    .poll(async () => {
      const run = await latest();
      return run?.id > before && run.job_status;
    })
    .toBe("Success");
  const run = await latest();
  // Its log opens by itself.
  const dialog = page.getByRole("dialog", { name: `Garbage collection ${run.id}` });
  await expect(dialog.getByRole("region", { name: "Log" })).toContainText("what was deleted goes after");
  await expect(dialog).toContainText("Done");
});

test.describe
  .serial("a setting", () => {
    test("is changed and discarded, and stays as it was", async ({ page, api }) => {
      const value = async () => (await api.get("/configurations")).session_timeout.value;
      const before = await value();
      await page.goto("/admin/configuration?tab=system");
      const field = page.getByRole("spinbutton", { name: "Sessions end after (minutes)" });
      await field.fill(String(before + 7));
      await expect(page.getByText("1 change is not saved")).toBeVisible();
      await page.getByRole("button", { name: "Discard" }).click();
      await expect(field).toHaveValue(String(before));
      expect(await value()).toBe(before);
    });

    test("is changed and saved", async ({ page, api }) => {
      const value = async () => (await api.get("/configurations")).robot_token_duration.value;
      const before = await value();
      await page.goto("/admin/configuration?tab=system");
      await page.getByRole("spinbutton", { name: "Robots live for (days)" }).fill(String(before + 1));
      await page.getByRole("button", { name: "Save" }).click();
      await told(page, "Saved");
      expect(await value()).toBe(before + 1);
      await api.put("/configurations", { robot_token_duration: before });
    });
  });
