import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";
import { currentUserQuery } from "~/app/session";
import { ABILITIES, type Ability, ROLES } from "~/features/members/roles";
import { prefetchSummary } from "./prefetch";
import { projectQuery } from "./queries";

/** The last part of the key of each query that is asked early, in a project with this role. */
async function askedBy(role: number | undefined, isAdmin = false): Promise<unknown[]> {
  const queries = new QueryClient();
  const user = { user_id: 2, username: "somebody", sysadmin_flag: isAdmin };
  queries.setQueryData(currentUserQuery.queryKey, user as never);
  queries.setQueryData(projectQuery("shop").queryKey, { project_id: 1, current_user_role_id: role } as never);
  const ask = vi.spyOn(queries, "prefetchQuery").mockResolvedValue();
  await prefetchSummary(queries, "shop");
  return ask.mock.calls.map(([{ queryKey }]) => queryKey.at(-1));
}

/** How many roles may do it, from the strongest on. */
const holders = (what: Ability) => ABILITIES.find(([name]) => name === what)?.[1] ?? 0;

describe("what the summary asks early", () => {
  it.each(ROLES)("is what role %s may read", async (role, name) => {
    const place = ROLES.findIndex(([, one]) => one === name);
    const asked = await askedBy(role);
    expect(asked.includes("recent")).toBe(place < holders("auditLog"));
    expect(asked.includes("deletions")).toBe(place < holders("deleteArtifacts"));
    expect(asked).toContain("growth");
    expect(asked).toContain("activity");
    expect(asked).not.toContain("quota");
  });

  it("is the quota and the log for an administrator of the system without a role", async () => {
    expect(await askedBy(undefined, true)).toEqual([
      "summary",
      "largest",
      "growth",
      "activity",
      "quota",
      "recent",
    ]);
  });

  it("is what everybody sees for who has no role", async () => {
    expect(await askedBy(undefined)).toEqual(["summary", "largest"]);
  });
});
