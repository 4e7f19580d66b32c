import { describe, expect, it } from "vitest";
import { fromLocal, placeOf, readSpan, spanText, toLocal, wordsOf } from "./entries";

describe("placeOf", () => {
  it.each([
    ["artifact", "create", "shop/web:v1", { project: "shop", repository: "web" }],
    ["artifact", "pull", "shop/team/api@sha256:00ff", { project: "shop", repository: "team/api" }],
    ["tag", "delete", "shop/web:v1", { project: "shop", repository: "web" }],
    ["repository", "delete", "shop/web", { project: "shop" }],
    ["project", "update", "shop", { project: "shop" }],
    ["project", "delete", "shop", null],
    ["user", "login", "anna", null],
    ["artifact", "create", "", null],
  ])("%s %s %s", (resource_type, operation, resource, expected) => {
    expect(placeOf({ resource_type, operation, resource })).toEqual(expected);
  });
});

describe("spans", () => {
  const from = new Date("2026-01-31T12:00:00.123Z");
  const to = new Date("2026-02-01T00:00:00Z");
  it("are read as they are written", () => {
    expect(spanText({ from, to })).toBe("[2026-01-31T12:00:00Z~2026-02-01T00:00:00Z]");
    expect(spanText({ from })).toBe("[2026-01-31T12:00:00Z~]");
    expect(spanText({})).toBe("");
    expect(readSpan("[2026-01-31T12:00:00Z~]")).toEqual({ from: new Date("2026-01-31T12:00:00Z") });
    expect(readSpan("nonsense")).toEqual({});
    expect(readSpan("[x~y]")).toEqual({});
  });

  it("are local in fields", () => {
    expect(fromLocal(toLocal(to))).toEqual(to);
    expect(fromLocal("")).toBeUndefined();
  });
});

describe("wordsOf", () => {
  it("adds what is new", () => {
    const { operations, resources } = wordsOf(["sign_image", "create_artifact"]);
    expect(operations).toContain("sign");
    expect(resources.filter((one) => one === "artifact")).toHaveLength(1);
    expect(resources).toContain("image");
  });
});
