/** What the tests share: a page as somebody sees it, on which nothing may fail unseen. */

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

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

interface Options {
  role: Role;
  theme: Theme;
  /** Answers that a test provokes: a status and a part of the address, such as `409 /projects`. */
  refusals: string[];
}

export const test = base.extend<Options>({
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
    .analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)}`);
  expect.soft(told, `barriers on ${name}`).toEqual([]);
}

export { expect };
