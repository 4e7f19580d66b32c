import { describe, expect, it } from "vitest";
import { readBanner } from "./BannerMessage";
import { matches } from "./find/entries";
import { repositoryAddress } from "./find/search";
import { parsePreferences } from "./preferences";

describe("parsePreferences", () => {
  const usual = {
    theme: "system",
    language: null,
    times: "relative",
    runtime: "docker",
    commands: [],
    compact: true,
  };

  it("begins with what is usual", () => {
    for (const text of [null, "", "nonsense", "null", "7", "[]"])
      expect(parsePreferences(text)).toEqual(usual);
  });

  it("keeps what makes sense and drops the rest", () => {
    const kept = JSON.stringify({ theme: "dark", times: "yesterday", language: 3, compact: false, more: 1 });
    expect(parsePreferences(kept)).toEqual({ ...usual, theme: "dark", compact: false });
  });

  it("takes a command of one's own for the tool only while it is there", () => {
    const own = { runtime: "buildah pull", commands: [" buildah pull ", "", 7, "buildah pull"] };
    expect(parsePreferences(JSON.stringify(own))).toEqual({
      ...usual,
      runtime: "buildah pull",
      commands: ["buildah pull"],
    });
    expect(parsePreferences(JSON.stringify({ ...own, commands: [] }))).toEqual(usual);
  });

  it("takes no tool for a command of one's own", () => {
    const own = { runtime: "podman", commands: ["podman", " docker ", "docker pull -q"] };
    expect(parsePreferences(JSON.stringify(own))).toEqual({
      ...usual,
      runtime: "podman",
      commands: ["docker pull -q"],
    });
  });
});

describe("readBanner", () => {
  const noon = new Date("2026-06-15T12:00:00Z").getTime();

  it("shows a text as it is", () => {
    expect(readBanner("Down at 5", noon)).toEqual({ message: "Down at 5", type: "info", closable: false });
    expect(readBanner("42", noon)?.message).toBe("42");
  });

  it("reads Harbor's form", () => {
    const text = JSON.stringify({
      message: "Soon",
      type: "warning",
      closable: true,
      fromDate: "",
      toDate: "",
    });
    expect(readBanner(text, noon)).toEqual({ message: "Soon", type: "warning", closable: true });
  });

  it("keeps to its days, the last one included", () => {
    const of = (fromDate: string, toDate: string) => JSON.stringify({ message: "x", fromDate, toDate });
    expect(readBanner(of("2026-06-15", "2026-06-15"), noon)).not.toBeNull();
    expect(readBanner(of("2026-06-16", "2026-06-17"), noon)).toBeNull();
    expect(readBanner(of("2026-06-13", "2026-06-14"), noon)).toBeNull();
  });

  it("shows nothing for an empty message", () => {
    expect(readBanner('{"message":"","type":"info"}', noon)).toBeNull();
  });
});

describe("the search", () => {
  it("finds each word anywhere", () => {
    expect(matches("Audit log", "log aud")).toBe(true);
    expect(matches("Audit log", "logs")).toBe(false);
    expect(matches("Quotas", "")).toBe(true);
  });

  it("leads to a repository by its name without the project", () => {
    expect(repositoryAddress("shop", "shop/web/front")).toBe("/projects/shop/repositories/web%2Ffront");
  });
});
