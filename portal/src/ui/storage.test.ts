import { expect, test, vi } from "vitest";
import { keep, kept } from "./storage";

test("what is kept can be read", () => {
  keep("minato.test", "a");
  expect(kept("minato.test")).toBe("a");
  expect(kept("minato.test", "sessionStorage")).toBeNull();
});

test("a browser that keeps nothing is no failure", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(refuse);
  expect(() => keep("minato.test", "b")).not.toThrow();
  expect(kept("minato.test")).toBeNull();
});
