// Writes src/api/schema.d.ts from the server's own description of its API.
//
//   npm run generate -- openapi.json     from that file (`minato openapi` prints it)
//   npm run generate -- --check FILE     fails if what is committed says something else
//
// The generator needs a TypeScript that can be called, which the one we compile with can't be, so
// both come by `npm exec` at the versions named here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const check = process.argv.includes("--check");
const source = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (!source) throw new Error("name the file that holds the description");
const target = new URL("../src/api/schema.d.ts", import.meta.url).pathname;
const made = join(mkdtempSync(join(tmpdir(), "minato-schema-")), "schema.d.ts");
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
  ],
  { stdio: ["ignore", "ignore", "inherit"], cwd: tmpdir() },
);
const text = readFileSync(made, "utf8");
if (!check) writeFileSync(target, text);
else if (text !== readFileSync(target, "utf8")) {
  process.stderr.write("src/api/schema.d.ts is older than the API: run `make fix`\n");
  process.exit(1);
}
