import { describe, expect, it } from "vitest";
import { allowed, countsOf, linksOf, pageOf, parseReport } from "./vulnerabilities";

const answer = JSON.stringify({
  "application/vnd.security.vulnerability.report; version=1.1": {
    generated_at: "2026-11-20T00:00:00Z",
    scanner: { name: "Trivy", vendor: "Aqua", version: "0.60" },
    vulnerabilities: [
      {
        id: "CVE-2026-9",
        package: "zlib",
        version: "1.2",
        fix_version: "",
        severity: "Low",
        preferred_cvss: null,
      },
      {
        id: "CVE-2026-10",
        package: "openssl",
        version: "3.0",
        fix_version: "3.1",
        severity: "Critical",
        links: ["javascript:alert(1)", "https://example.com/10"],
        preferred_cvss: { score_v3: 9.1 },
      },
      {
        id: "CVE-2026-11",
        package: "openssl",
        version: "3.0",
        severity: "Critical",
        preferred_cvss: { score_v2: 9.9 },
      },
      { id: "X", package: "curl", version: "8", severity: "Weird" },
    ],
  },
});
const all = parseReport(answer)?.vulnerabilities ?? [];
const usual = { page: 1, pageSize: 25, sort: "", filters: {} };
const ids = (state: Partial<typeof usual> & { filters?: Record<string, string> }) =>
  pageOf(all, { ...usual, ...state }).items.map(({ id }) => id);

describe("a report", () => {
  it("is read under whatever media type, and may be missing", () => {
    expect(parseReport(answer)?.scanner).toBe("Trivy 0.60");
    expect(all[3]?.severity).toBe("Unknown");
    expect(parseReport("{}")).toBeNull();
  });

  it("links to the web only", () => {
    expect(all[1] && linksOf(all[1])).toEqual(["https://example.com/10"]);
  });

  it("begins with the worst", () => {
    expect(ids({})).toEqual(["CVE-2026-11", "CVE-2026-10", "CVE-2026-9", "X"]);
  });

  it("is sorted by numbers in names, both ways", () => {
    expect(ids({ sort: "id" })).toEqual(["CVE-2026-9", "CVE-2026-10", "CVE-2026-11", "X"]);
    expect(ids({ sort: "-id" })[0]).toBe("X");
  });

  it("is filtered by text, severity and fix, and paged", () => {
    expect(ids({ filters: { vulnerability: "OPENSSL", fix: "yes" } })).toEqual(["CVE-2026-10"]);
    expect(ids({ filters: { severity: "Low" } })).toEqual(["CVE-2026-9"]);
    expect(pageOf(all, { ...usual, page: 2, pageSize: 3 })).toMatchObject({ total: 4, items: [{ id: "X" }] });
  });

  it("is counted by severity, with and without a fix", () => {
    expect(countsOf(all)[0]).toEqual({ severity: "Critical", fixable: 1, open: 1 });
  });
});

describe("an allowlist", () => {
  it("holds until it ends", () => {
    const list = { items: [{ cve_id: "CVE-1" }], expires_at: 100 };
    expect(allowed(list, 99_000).has("CVE-1")).toBe(true);
    expect(allowed(list, 101_000).size).toBe(0);
    expect(allowed({ items: null }, 0).size).toBe(0);
  });
});
