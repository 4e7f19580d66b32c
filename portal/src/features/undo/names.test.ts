import { describe, expect, it } from "vitest";
import { inTurn, nameOf } from "./names";

describe("nameOf", () => {
  it.each([
    ["tag", "v1", "shop/web:v1"],
    ["artifact", "sha256:0123456789abcdef", "shop/web@sha256:0123456789ab"],
    ["repository", "", "shop/web"],
  ])("a %s", (kind, name, expected) => {
    expect(nameOf({ kind, name, repository: "shop/web" })).toBe(expected);
  });
});

describe("inTurn", () => {
  it("tries what needs others again once those are there", async () => {
    const back: string[] = [];
    const act = async (row: string) => {
      if (row === "tag" && !back.includes("artifact")) throw new Error("first the artifact");
      back.push(row);
    };
    expect(await inTurn(["tag", "artifact"], act)).toEqual({ done: 2 });
    expect(back).toEqual(["artifact", "tag"]);
  });

  it("ends when nothing more comes", async () => {
    const error = new Error("no room");
    const act = async (row: string) => {
      if (row !== "a") throw error;
    };
    expect(await inTurn(["b", "a", "c"], act)).toEqual({ done: 1, failed: { row: "b", error } });
  });
});
