import { describe, expect, it } from "vitest";
import { isPattern, matches, normalise } from "./doublestar";

describe("matches", () => {
  it.each([
    // The server's own examples.
    ["**", "a/b", true],
    ["**", "a", true],
    ["*", "a", true],
    ["*", "a/b", false],
    ["a*", "abc", true],
    ["a/**", "a/b/c", true],
    ["a/**", "b/a", false],
    ["**/c", "a/b/c", true],
    ["**/c", "c", true],
    ["{a,b*}", "bx", true],
    ["{a,b*}", "c", false],
    ["v[0-9].?", "v1.2", true],
    ["v[0-9].?", "vx.2", false],
    ["1.0", "1x0", false],
    // And its peculiarities.
    ["**", "", true],
    ["**/", "a", true],
    ["a/**", "a", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/**/b", "a/b", true],
    ["a**", "ab", true],
    ["a**", "a/b", false],
    ["**a", "xa", true],
    ["**a", "x/a", false],
    ["{**,a}", "x/y", false],
    ["{x/**,a}", "x/y/z", true],
    ["{a,}b", "b", true],
    ["{a,{b,c}}", "c", true],
    ["a?c", "a/c", false],
    ["[!a]", "b", true],
    ["[!a]", "/", false],
    ["[^a-c]x", "bx", false],
    ["[]]", "]", true],
    ["[+--]", "-", true],
    ["x[.-0]y", "x/y", false],
    ["[[:digit:]]", "7", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a+b", "a+b", true],
    ["v1.2-rc+build", "v1.2-rc+build", true],
    ["a,b", "a,b", true],
  ])("%s on %s is %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });
});

describe("isPattern", () => {
  it.each(["[a", "{a", "a}", "a\\", "[z-a]", ""])("%s is none", (pattern) => {
    expect(isPattern(pattern)).toBe(false);
  });
  it.each(["**", "a*", "{a,b}", "v[0-9]*"])("%s is one", (pattern) => {
    expect(isPattern(pattern)).toBe(true);
  });
});

describe("normalise", () => {
  it.each([
    [" v* ", "v*"],
    ["a, b*", "{a,b*}"],
    ["{a,b}", "{a,b}"],
    ["{a,b},c", "{{a,b},c}"],
    ["[a,b]", "[a,b]"],
    ["a,", "{a}"],
  ])("%s is %s", (text, pattern) => {
    expect(normalise(text)).toBe(pattern);
  });
});
