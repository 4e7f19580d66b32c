import { describe, expect, it } from "vitest";
import {
  choosesArtifact,
  choosesUntagged,
  isAbout,
  repositorySelectors,
  tagSelectors,
  toChoices,
} from "./selectors";

const tag = (decoration: string, pattern: string, extras?: string) => ({
  kind: "doublestar",
  decoration,
  pattern,
  ...(extras !== undefined && { extras }),
});

describe("choosesArtifact", () => {
  // The server's own examples: 1 is tagged v1 and latest, 2 is tagged test-2, 3 is untagged.
  const artifacts = [["v1", "latest"], ["test-2"], []];
  it.each([
    [tag("matches", "v*"), [true, false, true]],
    [tag("matches", "v*", '{"untagged":false}'), [true, false, false]],
    [tag("matches", "{latest,test-*}", '{"untagged":false}'), [true, true, false]],
    [tag("excludes", "test-*"), [true, false, true]],
    [tag("excludes", "test-*", '{"untagged":false}'), [true, false, true]],
    [tag("excludes", "test-*", '{"untagged":true}'), [true, false, false]],
    [tag("matches", "v*", "nonsense"), [true, false, true]],
  ])("%o", (selector, expected) => {
    expect(artifacts.map((tags) => choosesArtifact([selector], tags))).toEqual(expected);
  });

  it("needs all selectors", () => {
    const both = [tag("matches", "v*"), tag("excludes", "latest")];
    expect(choosesArtifact(both, ["v1", "latest"])).toBe(true);
    expect(choosesArtifact(both, ["latest"])).toBe(false);
    expect(choosesArtifact([], ["anything"])).toBe(true);
  });
});

describe("isAbout", () => {
  it("looks at the name inside the project", () => {
    const selectors = repositorySelectors([{ excludes: true, pattern: "team/**, cache" }]);
    expect(selectors[0]).toEqual(tag("repoExcludes", "{team/**,cache}"));
    expect(["app", "cache", "team/api"].map((name) => isAbout(selectors, name))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("tagSelectors", () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])("says of excluding %s that untagged ones are chosen: %s", (excludes, untagged) => {
    const choices = [{ excludes, pattern: "v*" }];
    const made = tagSelectors(choices, untagged);
    expect(made.map(choosesUntagged)).toEqual([untagged]);
    expect(toChoices(made)).toEqual(choices);
  });
});
