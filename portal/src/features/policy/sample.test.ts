import { describe, expect, it } from "vitest";
import { tryOn } from "./sample";
import { repositorySelectors, tagSelectors } from "./selectors";

function artifact(repository: string, ...names: string[]) {
  const tag = (name: string) => ({
    id: 1,
    artifact_id: 1,
    repository_id: 1,
    name,
    push_time: "",
    pull_time: "",
    immutable: false,
  });
  return { repository_name: `shop/${repository}`, tags: names.map(tag) };
}

const artifacts = [
  artifact("web", "v1", "latest"),
  artifact("web", "nightly"),
  artifact("web"),
  artifact("team/api", "v2"),
];
const repositories = ["shop/web", "shop/team/api", "shop/empty"];

describe("tryOn", () => {
  it("counts artifacts for retention", () => {
    const rule = {
      repositories: repositorySelectors([{ excludes: true, pattern: "team/**" }]),
      tags: tagSelectors([{ excludes: false, pattern: "v*" }], true),
    };
    expect(tryOn(repositories, artifacts, rule, "artifacts")).toEqual({
      about: [
        { repository: "web", tags: ["v1", "latest"], untagged: 1, others: 1 },
        { repository: "empty", tags: [], untagged: 0, others: 0 },
      ],
      beside: ["team/api"],
      chosen: 2,
      all: 4,
    });
  });

  it("counts tags for immutability", () => {
    const rule = {
      repositories: repositorySelectors([{ excludes: false, pattern: "**" }]),
      tags: tagSelectors([{ excludes: false, pattern: "v*" }]),
    };
    const { about, chosen, all } = tryOn(repositories, artifacts, rule, "tags");
    expect([chosen, all]).toEqual([2, 4]);
    expect(about.map(({ repository, tags }) => [repository, tags])).toEqual([
      ["web", ["v1"]],
      ["team/api", ["v2"]],
      ["empty", []],
    ]);
  });
});
