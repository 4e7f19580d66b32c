/** What the tests share that have a registry to themselves: who looks signs in there. */

import { test as base, expect, USERS } from "../console";

export const test = base.extend({
  storageState: async ({ role, playwright, baseURL }, use) => {
    if (role === "visitor") return use({ cookies: [], origins: [] });
    const context = await playwright.request.newContext({ ...(baseURL && { baseURL }) });
    const asked = await context.get("/api/v2.0/systeminfo", { headers: { "X-Harbor-CSRF-Token": "" } });
    const headers = { "X-Harbor-CSRF-Token": asked.headers()["x-harbor-csrf-token"] ?? "" };
    const { name, password } = USERS[role];
    const answer = await context.post("/c/login", { headers, form: { principal: name, password } });
    expect(answer.ok(), "signing in").toBe(true);
    await use(await context.storageState());
    await context.dispose();
  },
});

export * from "../console";
