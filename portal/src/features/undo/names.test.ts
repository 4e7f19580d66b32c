import { describe, expect, it } from "vitest";
import { inTurn, nameOf } from "./names";
import { deletionQ } from "./queries";

describe("nameOf", () => {
  it.each([
    ["tag", "v1", ["v1"], "shop/web:v1"],
    ["artifact", "sha256:0123456789abcdef", [], "shop/web@sha256:0123456789ab"],
    ["artifact", "sha256:0123456789abcdef", ["v1", "v2"], "shop/web@sha256:0123456789ab (v1, v2)"],
    [
      "artifact",
      "sha256:0123456789abcdef",
      ["a", "b", "c", "d"],
      "shop/web@sha256:0123456789ab (a, b, c, …)",
    ],
    ["repository", "", [], "shop/web"],
  ])("a %s %s with %j", (kind, name, tags, expected) => {
    expect(nameOf({ kind, name, repository: "shop/web", tags })).toBe(expected);
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

describe("deletionQ", () => {
  it.each([
    [{ name: "v1" }, "tags=~v1"],
    [{ name: "sha256:01", kind: "artifact" }, "kind=artifact,name=~sha256:01"],
    [{ repository: "web", deleted_by: "ann" }, "repository=~web,deleted_by=~ann"],
    [{}, ""],
  ])("of %j", (filters, q) => {
    expect(deletionQ(filters)).toBe(q);
  });
});
