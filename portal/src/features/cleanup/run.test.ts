import { describe, expect, it } from "vitest";
import { counts, optionsOf, parametersOf, read } from "./run";

describe("what a run tells", () => {
  it("is read from the text that the API has it in", () => {
    const told = read('{"dry_run":true,"freed_space":5,"purged_blobs":2,"workers":3}');
    expect(told).toMatchObject({ dry_run: true, freed_space: 5, purged_blobs: 2, workers: 3 });
    expect(told.report).toBeUndefined();
  });

  it("has its usual values where nothing is told, or something odd", () => {
    for (const text of [undefined, "", "{", "[]", '{"workers":"many","report":7}']) {
      expect(read(text)).toMatchObject({ dry_run: false, workers: 1, rate: 20 });
    }
  });

  it("has a report of a check, with findings", () => {
    const finding = '{"what":"missing","digest":"sha256:1","size":9,"repaired":true}';
    const { report } = read(`{"report":{"blobs":3,"found":{"missing":1},"findings":[${finding}]}}`);
    expect(report).toMatchObject({ blobs: 3, manifests: 0, repaired: 0, found: { missing: 1 } });
    expect(report?.findings[0]).toEqual({
      what: "missing",
      digest: "sha256:1",
      key: "",
      size: 9,
      needed_by: [],
      repaired: true,
    });
  });
});

describe("options", () => {
  it("of each kind are what the API takes", () => {
    const options = { ...optionsOf("gc", undefined), deleteUntagged: true, workers: 4, events: ["other"] };
    expect(parametersOf("gc", options)).toEqual({ dry_run: false, delete_untagged: true, workers: 4 });
    expect(parametersOf("fsck", options)).toEqual({ repair: false });
    expect(parametersOf("scrub", options)).toEqual({ repair: false, rate: 20 });
    expect(parametersOf("purgeaudit", options)).toEqual({
      dry_run: false,
      audit_retention_hour: 720,
      include_event_types: "other",
    });
  });

  it("come back from a schedule as they were", () => {
    const parameters = '{"audit_retention_hour":36,"include_event_types":"login_user,pull_artifact"}';
    const options = optionsOf("purgeaudit", parameters);
    expect(options).toMatchObject({ keep: 36, keepUnit: "hours", events: ["login_user", "pull_artifact"] });
    expect(optionsOf("purgeaudit", '{"audit_retention_hour":48}')).toMatchObject({
      keep: 2,
      keepUnit: "days",
    });
  });

  it("repair by themselves in a scrub only", () => {
    expect(optionsOf("scrub", undefined).repair).toBe(true);
    expect(optionsOf("fsck", undefined).repair).toBe(false);
    expect(optionsOf("scrub", '{"repair":false}').repair).toBe(false);
  });
});

it("tells the worst first", () => {
  expect(counts({ orphan: 2, missing: 1, odd: 3, size: 0 })).toEqual([
    ["missing", "missing", 1],
    ["orphan", "orphan", 2],
    [null, "odd", 3],
  ]);
});
