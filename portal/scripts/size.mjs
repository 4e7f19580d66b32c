// Measures what a first view loads from a running server that has the built console, and fails above the
// limit: every script, style sheet and page, as gzip makes it, whatever the server itself compresses with.
//
//   node scripts/size.mjs http://127.0.0.1:8080 [--limit=300000] [--list]
//
// The pages are those of a visitor; with MINATO_USER and MINATO_PASSWORD they are that user's.
// CHROMIUM names a browser that is there already.
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";

const address = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (!address) throw new Error("name the address of a server");
const limit = Number(/--limit=(\d+)/.exec(process.argv.join(" "))?.[1] ?? 300_000);
const list = process.argv.includes("--list");
const { MINATO_USER: user, MINATO_PASSWORD: password, CHROMIUM: executablePath } = process.env;

/** Loads a page with an empty cache and tells the bytes of each file that came. */
async function measure(browser, path) {
  const context = await browser.newContext({ locale: "en-US" });
  if (user && password) await signIn(context);
  const page = await context.newPage();
  const files = new Map();
  const reads = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!["script", "stylesheet", "document"].includes(response.request().resourceType())) return;
    reads.push(response.body().then((body) => files.set(pathname, gzipSync(body, { level: 9 }).length)));
  });
  await page.goto(new URL(path, address).href);
  await page.locator("h1").first().waitFor();
  await page.waitForLoadState("networkidle");
  await Promise.all(reads);
  await context.close();
  return files;
}

async function signIn(context) {
  const asked = await context.request.get(new URL("/api/v2.0/systeminfo", address).href, {
    headers: { "X-Harbor-CSRF-Token": "" },
  });
  const headers = { "X-Harbor-CSRF-Token": asked.headers()["x-harbor-csrf-token"] ?? "" };
  const form = { principal: user, password };
  const answer = await context.request.post(new URL("/c/login", address).href, { headers, form });
  if (!answer.ok()) throw new Error(`signing in: ${answer.status()}`);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
let isOver = false;
for (const path of ["/account/sign-in", "/projects"]) {
  const files = await measure(browser, path);
  const total = [...files.values()].reduce((sum, size) => sum + size, 0);
  isOver ||= total > limit;
  process.stdout.write(`${path}: ${total} bytes in ${files.size} files, of ${limit}\n`);
  if (!list) continue;
  for (const [name, size] of [...files].sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  ${size} ${name}\n`);
}
await browser.close();
if (isOver) process.exit(1);
