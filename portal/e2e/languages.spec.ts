/** Another language: every text is in it, and numbers and times are written as there. */

import { readdir, readFile } from "node:fs/promises";
import { expect, row, settled, test } from "./console";

const textsOf = async (language: string, part: string) =>
  JSON.parse(await readFile(`src/i18n/locales/${language}/${part}.json`, "utf8"));

/** What stands for a text that is missing, such as `users.title`. */
async function allKeys(): Promise<string[]> {
  const parts = (await readdir("src/i18n/locales/en-US")).map((file) => file.replace(".json", ""));
  const inside = (texts: object, prefix = ""): string[] =>
    Object.entries(texts).flatMap(([name, text]) =>
      typeof text === "object" ? inside(text, `${prefix}${name}.`) : [prefix + name],
    );
  const found = await Promise.all(parts.map(async (part) => inside(await textsOf("en-US", part))));
  return found.flat().filter((key) => key.includes("."));
}

test.describe("a browser that is set to Chinese", () => {
  test.use({ locale: "zh-CN" });

  /** The pages with their names in the navigation or among the parts of a project. */
  const PAGES = {
    users: "/admin/users",
    groups: "/admin/groups",
    robots: "/admin/robots",
    labels: "/admin/labels",
    quotas: "/admin/quotas",
    scanners: "/admin/scanners",
    cleanup: "/admin/cleanup",
    jobs: "/admin/jobs",
    configuration: "/admin/configuration",
    auditLog: "/audit-log",
    projects: "/projects",
  };

  test("shows each page in Chinese, and no key of a text", async ({ page }) => {
    test.slow();
    const { nav } = await textsOf("zh-CN", "common");
    const english = await textsOf("en-US", "common");
    const keys = await allKeys();
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(path);
      await settled(page);
      await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(nav[name]);
      const text = (await page.locator("#root").textContent()) ?? "";
      expect
        .soft(
          keys.filter((key) => text.includes(key)),
          path,
        )
        .toEqual([]);
      for (const word of Object.values(english.nav as Record<string, string>))
        expect.soft(text, path).not.toContain(word);
    }
  });

  test("writes times as they are written there", async ({ page, api, project }) => {
    await page.goto(`/projects?name=${project}`);
    await expect(row(page, project).locator("time")).toHaveText(/^(\d+秒钟?前|现在)$/);
    await page.goto("/preferences");
    await page.getByRole("radio", { name: "日期和时间" }).check();
    await page.goto(`/projects?name=${project}`);
    const { creation_time } = await api.get(`/projects/${project}`);
    const day = new Date(creation_time);
    const date = `${day.getUTCFullYear()}年${day.getUTCMonth() + 1}月${day.getUTCDate()}日`;
    await expect(row(page, project).locator("time")).toHaveText(new RegExp(`^${date} \\d\\d:\\d\\d:\\d\\d$`));
  });
});

test.describe("a browser that is set to German", () => {
  test.use({ locale: "de-DE" });
  test("writes numbers with a comma", async ({ page, api, project }) => {
    const { nav } = await textsOf("de-DE", "common");
    const { project_id } = await api.get(`/projects/${project}`);
    const [{ id }] = await api.get(`/quotas?reference=project&reference_id=${project_id}`);
    await api.put(`/quotas/${id}`, { hard: { storage: 1.5 * 1024 ** 3 } });
    await page.goto(`/admin/quotas?name=${project}`);
    await expect(page.getByRole("heading", { level: 1, name: nav.quotas })).toBeVisible();
    await expect(row(page, project)).toContainText("1,5 GiB");
  });
});
