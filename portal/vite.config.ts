import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server that the development mode shows, as `minato serve` printed it. */
const server = process.env.MINATO_URL ?? "http://127.0.0.1:8080";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Looks of PatternFly that are never chosen here, parts that are never used, and the classes of its icon font. */
const UNUSED =
  /\.pf-v6-(theme-(felt|glass|redhat|high-contrast)|pficon-|m-legacy-font|m-ai-|c-drawer|c-table__tree-view)|\.pf-m-(tree-view|grid(?!-md)|[a-z-]+-on-2?xl)\b/;

/** Libraries that nothing is shown without. */
const EVERYWHERE =
  /node_modules\/(react|react-dom|scheduler|@tanstack|i18next|react-i18next|openapi-fetch|use-sync-external-store)\//;

/** What of PatternFly's style sheets browsers would load in vain; its fonts give way to the system's. */
const withoutUnused = {
  postcssPlugin: "without-unused",
  Rule(rule: { selectors: string[]; remove(): unknown }) {
    const kept = rule.selectors.filter((selector) => !UNUSED.test(selector));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  },
  AtRule: { "font-face": (rule: { remove(): unknown }) => void rule.remove() },
};

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: "~", replacement: here("./src") },
      // Parts of PatternFly's table that weigh more than they do here.
      { find: "lodash/mergeWith", replacement: here("./src/ui/merge-with.ts") },
      { find: /^.*\/HeaderCellInfoWrapper$/, replacement: here("./src/ui/header-cell-info.tsx") },
      { find: /^.*\/SelectColumn$/, replacement: here("./src/ui/select-column.ts") },
    ],
  },
  css: { postcss: { plugins: [withoutUnused] } },
  build: {
    // `assets/` holds what is named after its content and kept for ever by browsers.
    assetsDir: "assets",
    // Inlined data would need a laxer content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
    // What every page needs comes in one file instead of thirty.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: EVERYWHERE }] } } },
  },
  server: { proxy: { "^/(api|c|v2|service|chartrepo)/": { target: server, changeOrigin: true } } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: "src/test-setup.ts",
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
