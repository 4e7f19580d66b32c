// Writes src/api/schema.d.ts from the server's own description of its API.
//
//   npm run generate -- http://127.0.0.1:8080            from the server that runs there
//   npm run generate -- --check http://127.0.0.1:8080    fails if what is committed says something else
//
// The generator needs a TypeScript that can be called, which the one we compile with can't be, so
// both come by `npm exec` at the versions named here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const check = process.argv.includes("--check");
const server = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (!server) throw new Error("name the address of a running server");
const target = new URL("../src/api/schema.d.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "minato-schema-"));
const source = join(folder, "openapi.json");
const made = join(folder, "schema.d.ts");
const answer = await fetch(new URL("/api/openapi.json", server));
if (!answer.ok) throw new Error(`${server} answers ${answer.status}`);
writeFileSync(source, await answer.text());
execFileSync(
  "npm",
  [
    "exec",
    "--yes",
    "--package=openapi-typescript@7.13.0",
    "--package=typescript@5.9.3",
    "--",
    "openapi-typescript",
    source,
    "--output",
    made,
    "--empty-objects-unknown",
  ],
  { stdio: ["ignore", "ignore", "inherit"], cwd: tmpdir() },
);
const text = readFileSync(made, "utf8");
if (!check) writeFileSync(target, text);
else if (text !== readFileSync(target, "utf8")) {
  process.stderr.write("src/api/schema.d.ts is older than the API: run `npm run generate -- ADDRESS`\n");
  process.exit(1);
}
