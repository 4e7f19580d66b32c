/**
 * End-to-end tests in real Chromium against a real server. e2e/run starts that, puts in what
 * the tests look at, and runs them; `CONSOLE_URL` is its address.
 */

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/traces",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  use: {
    baseURL: process.env.CONSOLE_URL,
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 1440, height: 900 },
    // Half a second less for each page without pictures of every moment.
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Chromium's own sandbox does not start for root, as containers of CI run it.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  projects: [
    { name: "sign-in", testMatch: "sign-in.setup.ts" },
    { name: "console", testMatch: /e2e\/[^/]+\.spec\.ts$/, dependencies: ["sign-in"] },
    // They change what holds for a whole registry, one after the other, and have one of their own for that.
    {
      name: "alone",
      testMatch: "alone/*.spec.ts",
      workers: 1,
      fullyParallel: false,
      use: { baseURL: process.env.ALONE_URL },
    },
  ],
});
