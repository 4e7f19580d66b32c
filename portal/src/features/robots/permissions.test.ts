import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import texts from "~/i18n/locales/en-US/robots.json";
import {
  actionsOf,
  amounts,
  cautions,
  grantsOf,
  matrix,
  presetOf,
  presets,
  toPermissions,
} from "./permissions";

const CATALOGUE = [
  { resource: "repository", action: "list" },
  { resource: "repository", action: "pull" },
  { resource: "repository", action: "push" },
  { resource: "tag", action: "delete" },
  { resource: "tag", action: "explode" },
];

describe("what a robot may do", () => {
  it("is known by a preset where it is one", () => {
    const all = presets(CATALOGUE);
    expect(presetOf(all.pull, CATALOGUE, "system")).toBe("pull");
    expect(presetOf([...all.push].reverse(), CATALOGUE, "system")).toBe("push");
    expect(presetOf(all.everything, CATALOGUE, "project")).toBe("everything");
    expect(presetOf(["tag:delete"], CATALOGUE, "project")).toBeNull();
    expect(presetOf([], CATALOGUE, "project")).toBeNull();
  });

  it("includes pulling when a project's robot pushes, but not when the system's does", () => {
    expect(presetOf(["repository:push"], CATALOGUE, "project")).toBe("push");
    expect(presetOf(["repository:push"], CATALOGUE, "system")).toBeNull();
    expect(amounts(["repository:push"], "project").map(({ verb }) => verb)).toEqual(["pull", "push"]);
    expect(amounts(["repository:push"], "system").map(({ verb }) => verb)).toEqual(["push"]);
    const grant = { kind: "project", namespace: "shop", access: ["repository:push"] } as const;
    expect(cautions({ ...grant, access: [...grant.access] }, "system")).toEqual(["pushOnly"]);
    expect(cautions({ ...grant, access: [...grant.access] }, "project")).toEqual([]);
  });

  it("says once what is both listed and read", () => {
    expect(amounts(["tag:list", "tag:read", "label:read", "tag:delete"], "project")).toEqual([
      { verb: "see", resources: ["tag", "label"] },
      { verb: "delete", resources: ["tag"] },
    ]);
  });

  it("starts what runs, and creates the rest", () => {
    expect(amounts(["scan:create", "label:create"], "project")).toEqual([
      { verb: "create", resources: ["label"] },
      { verb: "start", resources: ["scan"] },
    ]);
  });

  it("stands in a matrix, also what is new to us", () => {
    expect(actionsOf(CATALOGUE)).toEqual(["pull", "push", "list", "delete", "explode"]);
    expect(matrix(CATALOGUE)).toEqual([
      { resource: "repository", actions: ["list", "pull", "push"] },
      { resource: "tag", actions: ["delete", "explode"] },
    ]);
    expect(amounts(["tag:explode"], "project")).toEqual([{ verb: "explode", resources: ["tag"] }]);
  });

  it("goes to the API and comes back the same, without what gives nothing", () => {
    const grants = [
      { kind: "project" as const, namespace: "*", access: ["repository:pull"] },
      { kind: "system" as const, namespace: "/", access: ["audit-log:list"] },
    ];
    const sent = toPermissions([...grants, { kind: "project", namespace: "shop", access: [] }]);
    expect(sent).toHaveLength(2);
    expect(grantsOf({ permissions: sent })).toEqual(grants);
  });

  it("has a caution for what makes a robot as strong as a person", () => {
    const project = { kind: "project" as const, namespace: "shop" };
    expect(cautions({ ...project, access: ["member:update", "robot:create"] }, "project")).toEqual([
      "members",
      "robots",
    ]);
    const system = { kind: "system" as const, namespace: "/" };
    expect(cautions({ ...system, access: ["user:update"] }, "system")).toEqual(["users"]);
    expect(texts.caution.users).toBeTruthy();
  });
});

describe("the words for what can be given", () => {
  const robots = readFileSync("../docs/permissions.md", "utf8").split("## Robots")[1] ?? "";
  const lines = [...robots.matchAll(/^\| ([a-z-]+) \| ([a-z, ]+) \|$/gm)].slice(1);

  it("are there for every resource and action that the server knows", () => {
    expect(lines.length).toBeGreaterThan(20);
    for (const [, resource = "", actions = ""] of lines) {
      if (resource === "resource") continue;
      expect(texts.resource, resource).toHaveProperty([resource]);
      for (const action of actions.split(", ")) expect(texts.action).toHaveProperty([action]);
    }
  });
});
