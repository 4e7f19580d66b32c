/** What the tests share: a page as somebody sees it, on which nothing may fail unseen. */

import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, test as base, expect, type Locator, type Page } from "@playwright/test";

/** Who looks: users that `run` makes, with their role in the project `shop`. */
export const USERS = {
  admin: { name: process.env.ADMIN ?? "admin", password: process.env.PASSWORD ?? "" },
  owner: { name: "owner", password: "Portal-1234" },
  developer: { name: "developer", password: "Portal-1234" },
  guest: { name: "guest", password: "Portal-1234" },
} as const;

export type Role = keyof typeof USERS | "visitor";
export type Theme = "light" | "dark";

export function stateOf(role: Role): string | undefined {
  return role === "visitor" ? undefined : `test-results/sessions/${role}.json`;
}

/** What goes wrong on a page, and how much it still asks for. */
export interface Watch {
  faults: string[];
  pending: number;
}

const WATCHES = new WeakMap<Page, Watch>();

/** Notes failed requests but those expected, and errors of the page. */
export function watch(page: Page, role: Role, refusals: string[] = []): Watch {
  const watched: Watch = { faults: [], pending: 0 };
  WATCHES.set(page, watched);
  // A visitor is one because the server says so.
  const expected = role === "visitor" ? [...refusals, "401 /users/current"] : refusals;
  page.on("request", () => {
    watched.pending += 1;
  });
  for (const end of ["requestfinished", "requestfailed"] as const) {
    page.on(end as "requestfinished", () => {
      watched.pending -= 1;
    });
  }
  page.on("response", (response) => {
    const line = `${response.status()} ${new URL(response.url()).pathname}`;
    const isExpected = expected.some((one) => {
      const [status, part] = one.split(" ") as [string, string];
      return line.startsWith(status) && line.includes(part);
    });
    if (response.status() >= 400 && !isExpected) watched.faults.push(line);
  });
  page.on("console", (message) => {
    // The browser's own line about an answer, which is judged above.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      watched.faults.push(message.text());
  });
  page.on("pageerror", (error) => watched.faults.push(String(error)));
  return watched;
}

/** The management API as the administrator: what a test is given, and what became of it. */
export class Api {
  constructor(private readonly context: APIRequestContext) {}

  async call(method: string, path: string, data?: unknown) {
    const answer = await this.context.fetch(`/api/v2.0${path}`, { method, data });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the expectations say what is in it
  async get(path: string): Promise<any> {
    return (await this.call("GET", path)).json();
  }

  post = (path: string, data: unknown = {}) => this.call("POST", path, data);
  put = (path: string, data: unknown) => this.call("PUT", path, data);
  delete = (path: string) => this.call("DELETE", path);

  async status(path: string, method = "GET"): Promise<number> {
    return (await this.context.fetch(`/api/v2.0${path}`, { method })).status();
  }

  /** A user of the test's own. */
  async user(prefix = "user"): Promise<string> {
    const username = unique(prefix);
    const email = `${username}@example.com`;
    await this.post("/users", { username, email, realname: username, password: PASSWORD });
    return username;
  }

  /** The tags of a repository, sorted. */
  async tags(project: string, repository: string): Promise<string[]> {
    const found: { tags: { name: string }[] | null }[] = await this.get(
      `/projects/${project}/repositories/${repository}/artifacts`,
    );
    return found.flatMap(({ tags }) => (tags ?? []).map(({ name }) => name)).sort();
  }
}

/** The password of users made for a test. */
export const PASSWORD = "Portal-1234";

/** A name that nothing else has. */
export function unique(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
}

interface Fixtures {
  api: Api;
  /** A project of the test's own. */
  project: string;
  /** The project, with the images `web:1.1`, `web:1.2` and `web:1.3` in it. */
  filled: string;
}

interface Options {
  role: Role;
  theme: Theme;
  /** Answers that a test provokes: a status and a part of the address, such as `409 /projects`. */
  refusals: string[];
}

export const test = base.extend<Options & Fixtures>({
  api: async ({ playwright, baseURL }, use) => {
    const { name, password } = USERS.admin;
    const Authorization = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    const context = await playwright.request.newContext({
      ...(baseURL && { baseURL }),
      extraHTTPHeaders: { Authorization },
      storageState: { cookies: [], origins: [] },
    });
    await use(new Api(context));
    await context.dispose();
  },
  project: async ({ api }, use) => {
    const name = unique("project");
    await api.post("/projects", { project_name: name, metadata: { public: "false" } });
    await use(name);
  },
  filled: async ({ api, project }, use) => {
    for (const tag of ["1.1", "1.2", "1.3"]) {
      await api.post(`/projects/${project}/repositories/web/artifacts?from=shop/web:${tag}`);
    }
    await use(project);
  },
  role: ["admin", { option: true }],
  theme: ["light", { option: true }],
  refusals: [[], { option: true }],
  storageState: async ({ role }, use) => use(stateOf(role)),
  colorScheme: async ({ theme }, use) => use(theme),
  page: async ({ page, role, refusals }, use) => {
    const { faults } = watch(page, role, refusals);
    await use(page);
    expect(faults, "failed requests and errors of the page").toEqual([]);
  },
});

/** Waits until the page has all it shows, looks for barriers, and keeps a picture. */
export async function look(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"], .pf-v6-c-spinner, .pf-v6-c-skeleton')).toHaveCount(0);
  await expect.poll(() => WATCHES.get(page)?.pending ?? 0, { intervals: [50, 100] }).toBe(0);
  await page.screenshot({ path: `test-results/pictures/${name}.png`, animations: "disabled" });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"])
    // It takes a label that is scrolled out of a dialog for a hidden one.
    .disableRules("label-title-only")
    .analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)}`);
  expect.soft(told, `barriers on ${name}`).toEqual([]);
}

/** Chooses from the menu of a row, or another one that is called by a button. */
export async function choose(page: Page, menu: string | RegExp, item: string): Promise<void> {
  await page.getByRole("button", { name: menu, exact: true }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** The row of a table that has this in it. */
export function row(page: Page, text: string): Locator {
  return page.getByRole("row").filter({ hasText: text });
}

/** The notice of what was done. */
export async function told(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole("heading", { level: 4 }).filter({ hasText: text }).first()).toBeVisible();
}

/** Signs in where the page asks for it. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "User name or e-mail" }).fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export { expect };
