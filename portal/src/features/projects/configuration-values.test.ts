import { describe, expect, it } from "vitest";
import { requestOf, valuesOf } from "./configuration-values";
import type { Project } from "./queries";

const project: Project = {
  project_id: 1,
  name: "shop",
  owner_id: 1,
  owner_name: "admin",
  creation_time: "",
  update_time: "",
  repo_count: 0,
  metadata: { public: "false" },
  cve_allowlist: { items: [] },
};

describe("valuesOf", () => {
  it("reads what is not set as it holds", () => {
    expect(valuesOf(project)).toEqual({
      public: false,
      auto_scan: false,
      prevent_vul: false,
      severity: "none",
      cosign: false,
      notation: false,
      allowlist: "system",
      ids: [],
      until: "",
      expires: null,
    });
  });
});

describe("requestOf", () => {
  const own = {
    ...project,
    metadata: { public: "true", enable_content_trust: "true", reuse_sys_cve_allowlist: "false" },
    cve_allowlist: { items: [{ cve_id: "CVE-2024-1" }], expires_at: null },
  };
  it("sends an own list, with notation under its older name", () => {
    const sent = requestOf(valuesOf(own));
    expect(sent.metadata).toMatchObject({
      public: "true",
      enable_content_trust: "true",
      enable_content_trust_cosign: "false",
      reuse_sys_cve_allowlist: "false",
    });
    expect(sent.cve_allowlist).toEqual({ items: [{ cve_id: "CVE-2024-1" }], expires_at: null });
  });

  it("leaves an own list alone where the system's counts", () => {
    expect(requestOf({ ...valuesOf(own), allowlist: "system" })).not.toHaveProperty("cve_allowlist");
  });
});
