import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Rule } from "./queries";

// The page asks the browser for its colours while it is loaded.
vi.hoisted(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
});

import { metadataQuery, sampleQuery } from "./queries";
import RuleDialog from "./RuleDialog";

afterEach(cleanup);

const template = (rule_template: string, unit?: string) => ({
  rule_template,
  display_text: rule_template,
  action: "retain",
  params: unit ? [{ type: "int", unit, required: true }] : [],
});

function show(rule?: Rule) {
  const queries = new QueryClient();
  queries.setQueryData(metadataQuery.queryKey, {
    templates: [
      template("latestPushedK", "COUNT"),
      template("nDaysSinceLastPush", "DAYS"),
      template("always"),
    ],
    scope_selectors: [],
    tag_selectors: [],
  });
  const none = { items: [], total: 0 };
  queries.setQueryData(sampleQuery("shop").queryKey, { repositories: none, artifacts: none });
  const save = vi.fn(async (_: Rule) => {});
  render(
    <QueryClientProvider client={queries}>
      <RuleDialog project="shop" rule={rule} number={rule && 1} save={save} close={() => {}} />
    </QueryClientProvider>,
  );
  return { save, user: userEvent.setup() };
}

const field = (name: string) => screen.getByLabelText(name);

describe("RuleDialog", () => {
  it("makes a rule of what was chosen", async () => {
    const { save, user } = show();
    await user.clear(field("selector.repositories: selector.pattern"));
    await user.type(field("selector.repositories: selector.pattern"), "web, api");
    await user.selectOptions(field("selector.tags: selector.how"), "excludes");
    await user.selectOptions(field("retention.template"), "nDaysSinceLastPush");
    await user.click(screen.getByRole("button", { name: "common:add" }));
    expect(save).toHaveBeenCalledWith({
      action: "retain",
      template: "nDaysSinceLastPush",
      params: { nDaysSinceLastPush: 30 },
      tag_selectors: [
        { kind: "doublestar", decoration: "excludes", pattern: "**", extras: '{"untagged":false}' },
      ],
      scope_selectors: {
        repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "{web,api}" }],
      },
    });
  });

  it("refuses what is no pattern", async () => {
    const { save, user } = show();
    await user.clear(field("selector.tags: selector.pattern"));
    await user.click(screen.getByRole("button", { name: "common:add" }));
    expect(save).not.toHaveBeenCalled();
  });

  it("keeps what it does not show of a rule, and a template that is not offered", async () => {
    const rule: Rule = {
      id: 3,
      disabled: true,
      priority: 1,
      action: "retain",
      template: "lastXDays",
      params: { lastXDays: 5 },
      tag_selectors: [
        { kind: "doublestar", decoration: "matches", pattern: "v*", extras: '{"untagged":false}' },
      ],
      scope_selectors: {
        repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }],
      },
    };
    const { save, user } = show(rule);
    await user.click(screen.getByRole("button", { name: "common:save" }));
    expect(save).toHaveBeenCalledWith(rule);
  });
});
