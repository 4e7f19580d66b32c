import { describe, expect, it } from "vitest";
import { decisionsIn } from "./result";

const LOG = `2026-11-26T16:18:28Z [INFO] retention in demo/app, as a dry run
2026-11-26T16:18:28Z [INFO] 
| Digest | Tag | Kind | Labels | PushedTime | PulledTime | CreatedTime | Retention | Why |
|---|---|---|---|---|---|---|---|---|
| sha256:6b5c | latest,v1.1.0 | image | stable,a,b | 2026/11/26 16:18:16 | 2026/11/26 16:18:17 | 2026/11/26 16:18:16 | DEL | no rule keeps it |
| sha256:2d8a |  | image |  | 2026/11/26 16:18:28 |  | 2026/11/26 16:18:28 | RETAIN | rule 2: latestVersionsK 1 |
| sha256:aaaa | v1 | image |  | 2026/11/26 16:18:28 |  | 2026/11/26 16:18:28 | IMMUTABLE | a rule of immutability holds it |
| sha256:bbbb | x | image |  | 2026/11/26 16:18:28 |  | 2026/11/26 16:18:28 | ERR | an index that stays lists it |
2026-11-26T16:18:28Z [INFO] done`;

describe("decisionsIn", () => {
  it("reads the table", () => {
    const found = decisionsIn(LOG);
    expect(found.map(({ fate }) => fate)).toEqual(["dropped", "kept", "immutable", "other"]);
    expect(found[0]).toEqual({
      digest: "sha256:6b5c",
      tags: ["latest", "v1.1.0"],
      pushed: "2026-11-26T16:18:16Z",
      pulled: "2026-11-26T16:18:17Z",
      fate: "dropped",
      why: "no rule keeps it",
    });
    expect(found[1]).toMatchObject({ tags: [], pulled: "", rule: 2 });
    expect(found[3]?.why).toBe("an index that stays lists it");
  });

  it("takes the last of several tables, and nothing from what has none", () => {
    expect(decisionsIn(`${LOG}\n${LOG}`)).toHaveLength(4);
    expect(decisionsIn("2026-11-26T16:18:28Z [INFO] nothing to do")).toEqual([]);
  });
});
