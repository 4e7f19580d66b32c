import { describe, expect, it } from "vitest";
import { isComment, isEmail, isGoodPassword, isRealname, isUsername } from "./rules";
import { readVersion } from "./version";

describe("the rules of an account", () => {
  it("takes passwords of 8 to 128 characters with upper, lower and digit", () => {
    expect(isGoodPassword("Portal-1")).toBe(true);
    for (const weak of ["Portal1", "portal-12", "PORTAL-12", "Portal-xx", `Aa1${"x".repeat(126)}`]) {
      expect(isGoodPassword(weak)).toBe(false);
    }
  });

  it("takes user names without what clients can't send", () => {
    for (const name of ["anna", "anna.b", "アンナ", "a b"]) expect(isUsername(name)).toBe(true);
    for (const name of ["", " anna", "a,b", 'a"b', "robot$x", "a:b", "a\u0000b", "x".repeat(256)]) {
      expect(isUsername(name)).toBe(false);
    }
  });

  it("takes what may be a mail address", () => {
    for (const email of ["a@b", "anna@example.com"]) expect(isEmail(email)).toBe(true);
    for (const email of ["", "anna", "@b", "a@", "a b@c", "a#@b"]) expect(isEmail(email)).toBe(false);
  });

  it("takes names and comments", () => {
    expect(isRealname("Anna B.")).toBe(true);
    expect(isRealname("")).toBe(false);
    expect(isRealname("100%")).toBe(false);
    expect(isComment("")).toBe(true);
    expect(isComment("x".repeat(31))).toBe(false);
  });
});

describe("readVersion", () => {
  it("tells the two versions apart", () => {
    expect(readVersion("v2.16.0-minato-0.1.0")).toEqual({ harbor: "v2.16.0", minato: "0.1.0" });
    expect(readVersion("v2.16.0-minato-0.2.0-rc.1")?.minato).toBe("0.2.0-rc.1");
    expect(readVersion("v2.13.0-abc")).toBeNull();
  });
});
