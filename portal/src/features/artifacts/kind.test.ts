import { describe, expect, it } from "vitest";
import { attachedKind, nameOf, platformText, referenceOf, shortDigest } from "./kind";

describe("names", () => {
  it("prefer the tag that was pushed last", () => {
    const tag = {
      id: 1,
      artifact_id: 1,
      repository_id: 1,
      name: "1.3",
      push_time: "",
      pull_time: "",
      immutable: false,
    };
    expect(referenceOf({ tags: [tag], digest: "sha256:a" })).toBe("1.3");
    expect(referenceOf({ tags: null, digest: "sha256:a" })).toBe("sha256:a");
  });

  it("shorten digests", () => {
    expect(shortDigest("sha256:0123456789abcdef")).toBe("0123456789ab");
    expect(nameOf("web", "sha256:0123456789abcdef")).toBe("web@0123456789ab");
    expect(nameOf("web", "1.3")).toBe("web:1.3");
  });
});

it("tells platforms with their variant", () => {
  expect(platformText({ os: "linux", architecture: "arm", variant: "v7" })).toBe("linux/arm/v7");
  expect(platformText(null)).toBe("");
});

it("tells what is attached by its type, then by its artifact type", () => {
  expect(attachedKind("signature.cosign")).toBe("cosign");
  expect(attachedKind("subject.accessory", "application/spdx+json")).toBe("sbom");
  expect(attachedKind("subject.accessory", "application/vnd.in-toto+json")).toBe("attestation");
  expect(attachedKind("subject.accessory", "application/vnd.example")).toBe("other");
});
