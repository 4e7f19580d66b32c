/** Which of PatternFly's design tokens anything refers to, so that the others need not be loaded. */

import { readdirSync, readFileSync } from "node:fs";

const STYLES = "node_modules/@patternfly/react-styles/css";
const BASE = "node_modules/@patternfly/react-core/dist/styles/base.css";

const DECLARED = /(--pf-t--[\w-]+)\s*:\s*([^;}]+)/g;
const NAMED = /--pf-t--[\w-]+/g;

/** All style sheets and programs in a folder, as one text. */
function read(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(css|tsx?)$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => readFileSync(`${folder}/${file}`, "utf8"))
    .join("\n");
}

/** Tells whether a token is used: by a style, by the console, or by a token that is. */
export function usedTokens(root: string): (name: string) => boolean {
  const base = readFileSync(`${root}/${BASE}`, "utf8");
  const refers = new Map<string, string[]>();
  for (const [, name = "", value = ""] of base.matchAll(DECLARED))
    refers.set(name, [...(refers.get(name) ?? []), ...(value.match(NAMED) ?? [])]);
  const texts = [read(`${root}/${STYLES}`), read(`${root}/src`), base.replaceAll(DECLARED, "")];
  const waiting: string[] = texts.join("\n").match(NAMED) ?? [];
  const used = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    waiting.push(...(refers.get(name) ?? []));
    // The beginning of a name that is put together.
    if (name.endsWith("-")) waiting.push(...[...refers.keys()].filter((one) => one.startsWith(name)));
  }
  return (name) => used.has(name);
}
