import { expect, it } from "vitest";
import { credentialOf, problemOf } from "./credential";

it("is a name and a password, or one secret, or nothing", () => {
  expect(credentialOf({ auth: "Basic", username: "a", secret: "b:c" })).toBe("a:b:c");
  expect(credentialOf({ auth: "Bearer", username: "a", secret: "b" })).toBe("b");
  expect(credentialOf({ auth: "", username: "a", secret: "b" })).toBe("");
  expect(credentialOf({ auth: "Basic", username: "a", secret: "" })).toBe("");
});

it("is needed, unless the one that is known may stay", () => {
  const none = { auth: "Basic", username: "", secret: "" } as const;
  expect(problemOf(none, false)).toBe("needed");
  expect(problemOf(none, true)).toBeNull();
  expect(problemOf({ ...none, username: "a" }, true)).toBe("needed");
  expect(problemOf({ ...none, username: "a:b", secret: "c" }, true)).toBe("colon");
  expect(problemOf({ auth: "", username: "", secret: "" }, false)).toBeNull();
});
