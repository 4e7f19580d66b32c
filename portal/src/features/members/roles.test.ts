import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import texts from "~/i18n/locales/en-US/members.json";
import { ABILITIES, ROLES, roleName } from "./roles";

/** The server's table: which roles hold a pair. */
function serverTable(): Map<string, string[]> {
  const lines = readFileSync("../docs/permissions.md", "utf8").split("\n");
  const head = lines.findIndex((line) => line.startsWith("| resource |"));
  const cells = (line = "") => line.split("|").map((cell) => cell.trim());
  const names = cells(lines[head]);
  const table = new Map<string, string[]>();
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith("|")) break;
    const row = cells(line);
    table.set(
      `${row[1]}:${row[2]}`,
      names.filter((_, index) => index > 2 && row[index] === "yes"),
    );
  }
  return table;
}

describe("the roles as they are explained", () => {
  const table = serverTable();
  it.each(ABILITIES)("%s is what the server allows", (_, count, pairs) => {
    const named = ROLES.slice(0, count).map(([, name]) => name);
    for (const pair of pairs) {
      const holders = table.get(pair)?.filter((name) => roleName(idOf(name)));
      expect(new Set(holders), pair).toEqual(new Set(named));
    }
  });

  it("have a text each", () => {
    for (const [name] of ABILITIES) expect(texts.ability[name]).toBeTruthy();
    for (const [, name] of ROLES) expect(texts.roleHelp[name]).toBeTruthy();
  });
});

function idOf(name: string): number {
  return ROLES.find(([, known]) => known === name)?.[0] ?? 0;
}
