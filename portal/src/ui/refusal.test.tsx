import { cleanup, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "~/api/client";
import { startTexts } from "~/i18n";
import { detailOf, refusalOf } from "./refusal";
import { useErrorText } from "./states";

function Text({ error }: { error: unknown }) {
  return useErrorText()(error);
}

describe("a refusal", () => {
  it("is known by its code, or by its status", () => {
    expect(refusalOf({ code: "DENIED", status: 403 })).toBe("denied");
    expect(refusalOf({ code: "FORBIDDEN", status: 403 })).toBe("forbidden");
    expect(refusalOf({ code: "PROJECTPOLICYVIOLATION", status: 412 })).toBe("policy");
    expect(refusalOf({ code: "PRECONDITION", status: 412 })).toBe("state");
    expect(refusalOf({ code: "TOOMANYREQUESTS", status: 429 })).toBe("tooMany");
    expect(refusalOf({ code: "toString", status: 418 })).toBeNull();
  });

  it("is explained by the server only where its words are more than the code", () => {
    expect(detailOf({ code: "FORBIDDEN", status: 403, message: "FORBIDDEN" })).toBe("");
    expect(detailOf({ code: "NOT_FOUND", status: 404, message: "Not Found" })).toBe("");
    expect(detailOf({ code: "UNKNOWN", status: 500, message: "internal server error" })).toBe("");
    expect(detailOf({ code: "UNKNOWN", status: 413, message: "<html>…" })).toBe("");
    expect(detailOf({ code: "CONFLICT", status: 409, message: "it exists" })).toBe("it exists");
  });
});

describe("the text of an error", () => {
  beforeAll(() => startTexts());
  afterEach(cleanup);

  it.each([
    [new ApiError(403, "FORBIDDEN", "FORBIDDEN", null), "You may not do this"],
    [
      new ApiError(403, "FORBIDDEN", "the registry is read-only", null),
      "You may not do this: the registry is read-only",
    ],
    [
      new ApiError(409, "CONFLICT", "the project named shop already exists", null),
      "This conflicts with what is there: the project named shop already exists",
    ],
    [
      new ApiError(503, "UNAVAILABLE", "temporarily unavailable, try again", null),
      "The server can't do this at the moment; try again later",
    ],
    [new ApiError(418, "TEAPOT", "no coffee here", null), "no coffee here"],
    [new Error("ours"), "ours"],
  ])("is %s", (error, text) => {
    render(<Text error={error} />);
    expect(screen.getByText(text)).toBeTruthy();
  });

  it("is in the reader's language", async () => {
    await i18next.changeLanguage("zh-CN");
    render(<Text error={new ApiError(403, "FORBIDDEN", "FORBIDDEN", null)} />);
    expect(screen.getByText("您无权执行此操作")).toBeTruthy();
    await i18next.changeLanguage("en-US");
  });
});
