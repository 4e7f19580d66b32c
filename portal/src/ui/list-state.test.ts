import { describe, expect, it } from "vitest";
import { toQ } from "./list-state";

const NAME = { key: "name", label: "Name" };
const EXACT = { key: "digest", label: "Digest", exact: true };
const CHOICE = { key: "public", label: "Access", options: [{ value: "true", label: "Public" }] };

describe("toQ", () => {
  it("asks for what contains a text", () => {
    expect(toQ([NAME], { name: "shop" })).toBe("name=~shop");
  });

  it("asks for a choice and an exact value as they are", () => {
    expect(toQ([EXACT, CHOICE], { digest: "sha256:1", public: "true" })).toBe("digest=sha256:1,public=true");
  });

  it("keeps what is typed from meaning something in the language", () => {
    expect(toQ([NAME], { name: "a,b=c" })).toBe("name=~ab=c");
    expect(toQ([NAME], { name: "50%" })).toBe("name=~50%25");
  });

  it("leaves out what is empty or unknown", () => {
    expect(toQ([NAME, CHOICE], { name: "", public: "true", other: "x" })).toBe("public=true");
    expect(toQ([NAME], {})).toBe("");
  });
});
