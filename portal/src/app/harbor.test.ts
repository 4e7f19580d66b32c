import { describe, expect, it, vi } from "vitest";
import { translate } from "./harbor-paths";

const nameOf = (id: string) => Promise.resolve(id === "7" ? "my shop" : `project-${id}`);

describe("translate", () => {
  it.each([
    ["projects", "/projects"],
    ["projects/", "/projects"],
    ["projects/3", "/projects/project-3/summary"],
    ["projects/3/members", "/projects/project-3/members"],
    ["projects/3/repositories", "/projects/project-3/repositories"],
    ["projects/3/robot-account", "/projects/project-3/robots"],
    ["projects/3/tag-strategy/tag-retention", "/projects/project-3/retention"],
    ["projects/3/tag-strategy/immutable-tag", "/projects/project-3/immutability"],
    ["projects/3/webhook", "/projects/project-3/webhooks"],
    ["projects/3/logs", "/projects/project-3/audit-log"],
    ["projects/3/configs", "/projects/project-3/configuration"],
    ["projects/7/summary", "/projects/my%20shop/summary"],
    ["projects/3/repositories/web", "/projects/project-3/repositories/web"],
    ["projects/3/repositories/web/artifacts-tab", "/projects/project-3/repositories/web"],
    ["projects/3/repositories/web/info-tab", "/projects/project-3/repositories/web"],
    ["projects/3/repositories/a%252Fb/artifacts-tab", "/projects/project-3/repositories/a%2Fb"],
    [
      "projects/3/repositories/web/artifacts-tab/artifacts/sha256:0a",
      "/projects/project-3/repositories/web/artifacts/sha256:0a",
    ],
    ["users", "/admin/users"],
    ["interrogation-services/vulnerability", "/admin/scanners?tab=vulnerability"],
    ["clearing-job/gc", "/admin/cleanup"],
    ["configs/auth", "/admin/configuration"],
    ["something/else", "/projects"],
    ["constructor", "/projects"],
    ["projects/3/repositories/50%", "/projects"],
    ["", "/projects"],
  ])("leads from %s to %s", async (from, to) => {
    expect(await translate(from, nameOf)).toBe(to);
  });

  it("asks for a project's name only where there is one", async () => {
    const ask = vi.fn(nameOf);
    await translate("users", ask);
    expect(ask).not.toHaveBeenCalled();
  });
});
