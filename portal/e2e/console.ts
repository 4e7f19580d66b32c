/** What the tests share: a page as somebody sees it, on which nothing may fail unseen. */

import { createHash, randomBytes } from "node:crypto";
import {
  type APIRequestContext,
  type Browser,
  test as base,
  expect,
  type Locator,
  type Page,
  type Request,
} from "@playwright/test";
import axe from "axe-core";

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
  pending: Set<Request>;
}

const WATCHES = new WeakMap<Page, Watch>();

/** Notes failed requests but those expected, and errors of the page. */
export function watch(page: Page, role: Role, refusals: string[] = []): Watch {
  const watched: Watch = { faults: [], pending: new Set() };
  WATCHES.set(page, watched);
  // A visitor is one because the server says so.
  const expected = role === "visitor" ? [...refusals, "401 /users/current"] : refusals;
  page.on("request", (request) => watched.pending.add(request));
  for (const end of ["requestfinished", "requestfailed"] as const) {
    page.on(end as "requestfinished", (request) => watched.pending.delete(request));
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

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
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

  /** Pushes an image with one layer of random bytes; tells the digest of that, or what the registry refused. */
  async push(repository: string, tag: string, size = 1000): Promise<string> {
    const layer = randomBytes(size);
    const rootfs = { type: "layers", diff_ids: [digestOf(layer)] };
    const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs }));
    const send = async (method: string, path: string, data: Buffer, type = "application/octet-stream") => {
      const headers = { "Content-Type": type };
      const answer = await this.context.fetch(`/v2/${repository}/${path}`, { method, data, headers });
      if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
    };
    const described = (blob: Buffer, part: string) => ({
      mediaType: `application/vnd.oci.image.${part}`,
      digest: digestOf(blob),
      size: blob.length,
    });
    for (const blob of [layer, config]) await send("POST", `blobs/uploads/?digest=${digestOf(blob)}`, blob);
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: described(config, "config.v1+json"),
      layers: [described(layer, "layer.v1.tar")],
    };
    await send("PUT", `manifests/${tag}`, Buffer.from(JSON.stringify(manifest)), MANIFEST);
    return digestOf(layer);
  }

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

/** The usual window. */
export const WIDE = { width: 1440, height: 900 };

/** A page for many tests. */
export async function open(browser: Browser, baseURL: string | undefined, role: Role): Promise<Page> {
  const context = await browser.newContext({
    ...(baseURL && { baseURL }),
    storageState: stateOf(role) ?? { cookies: [], origins: [] },
    locale: "en-US",
    timezoneId: "UTC",
    viewport: WIDE,
  });
  return context.newPage();
}

/** Rules for barriers that a theme has a part in. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
const ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** What keeps people from using the page. All in the page itself: axe's own driver opens another one each time. */
async function barriers(page: Page, rules?: string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: only there once it was brought in
  if (!(await page.evaluate(() => "axe" in (window as any)))) await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async (runOnly) => {
      // It takes a label that is scrolled out of a dialog for a hidden one.
      const rules = { "label-title-only": { enabled: false } };
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const run = (window as any).axe.run as typeof axe.run;
      const found = await run(document, { runOnly, rules, resultTypes: ["violations"] });
      return found.violations.map(({ id, help, nodes }) => ({ id, help, html: nodes[0]?.html }));
    },
    rules ? { type: "rule" as const, values: rules } : { type: "tag" as const, values: ALL_RULES },
  );
  return violations.map(({ id, help, html }) => `${id}: ${help}: ${html?.slice(0, 200)}`);
}

/** Waits until the page has all it shows. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"], .pf-v6-c-spinner, .pf-v6-c-skeleton')).toHaveCount(0);
  await expect.poll(() => WATCHES.get(page)?.pending.size ?? 0, { intervals: [25, 50, 100] }).toBe(0);
}

/** Sets the theme of the system, which the page follows. Once in a while Chromium tells it only at the next change. */
async function turn(page: Page, theme: Theme): Promise<void> {
  const dark = page.locator("html.pf-v6-theme-dark");
  await expect(async () => {
    await page.emulateMedia({ colorScheme: theme === "dark" ? "light" : "dark" });
    await page.emulateMedia({ colorScheme: theme });
    await expect(dark).toHaveCount(theme === "dark" ? 1 : 0, { timeout: 1000 });
  }).toPass({ timeout: 10_000 });
}

/** Looks for barriers on what the page shows, and keeps a picture, in each theme; ends in the light one. */
export async function look(page: Page, name: string, themes: Theme[] = ["dark", "light"]): Promise<void> {
  await settled(page);
  for (const [index, theme] of themes.entries()) {
    await turn(page, theme);
    await page.screenshot({ path: `test-results/pictures/${name}-${theme}.png`, animations: "disabled" });
    const told = await barriers(page, index > 0 ? OF_COLOURS : undefined);
    expect.soft(told, `barriers on ${name}, ${theme}`).toEqual([]);
  }
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

/** Waits until the audit log tells of it, which it does a moment after the answer. */
export async function logged(api: Api, operation: string, resource: string): Promise<void> {
  const q = encodeURIComponent(`operation=${operation},resource=~${resource}`);
  await expect.poll(async () => (await api.get(`/auditlog-exts?q=${q}`)).length).toBeGreaterThan(0);
}

/** Signs in where the page asks for it. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "User name or e-mail" }).fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export { expect };
