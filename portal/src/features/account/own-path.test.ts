import { describe, expect, it } from "vitest";
import { ownPath } from "./own-path";

describe("ownPath", () => {
  it.each(["/projects/shop?page=2", "/admin/users", "/", "/search?text=//x"])("keeps %s", (path) => {
    expect(ownPath(path)).toBe(path);
  });

  it.each([
    "https://example.com",
    "//example.com",
    "/\\example.com",
    "/\t/example.com",
    "/\n//example.com",
    "javascript:alert(1)",
    "projects",
    "",
    undefined,
    7,
    ["/projects"],
    "/account/sign-in?next=/x",
    "/account/sign-up",
  ])("goes to the projects instead of %j", (path) => {
    expect(ownPath(path)).toBe("/projects");
  });
});
