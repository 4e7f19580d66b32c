import { describe, expect, it } from "vitest";
import { choices, grouped } from "./events";
import { lastOf, toPolicy } from "./policy";
import { contentOf, logPath, pretty } from "./queries";

describe("events", () => {
  it("are grouped, also those that are new to us", () => {
    expect(grouped(["NEW_ONE", "PULL_ARTIFACT", "PUSH_ARTIFACT"])).toEqual([
      { group: "artifacts", events: ["PUSH_ARTIFACT", "PULL_ARTIFACT"] },
      { group: "other", events: ["NEW_ONE"] },
    ]);
  });

  it("that never happen are offered only where they were chosen", () => {
    const offered = ["PUSH_ARTIFACT", "REPLICATION"];
    expect(choices(offered, ["PUSH_ARTIFACT"])).toEqual(["PUSH_ARTIFACT"]);
    expect(choices(offered, ["REPLICATION"])).toEqual(offered);
  });
});

describe("a delivery", () => {
  const delivery = {
    id: 1,
    extra_attrs: {},
    metrics: {
      error_task_count: 0,
      pending_task_count: 0,
      running_task_count: 0,
      scheduled_task_count: 0,
      stopped_task_count: 0,
      success_task_count: 1,
      task_count: 1,
    },
    start_time: "",
    status: "Success",
    status_message: "",
    trigger: "EVENT",
    vendor_id: 1,
    vendor_type: "WEBHOOK",
  };

  it("tells what it sent, or nothing", () => {
    expect(contentOf(delivery)).toEqual({ event: "", payload: "" });
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty("plain")).toBe("plain");
  });

  it("has its log under its task", () => {
    expect(logPath("a b", 1, 2, 3)).toBe("/projects/a%20b/webhook/policies/1/executions/2/tasks/3/log");
  });
});

describe("a webhook", () => {
  const form = {
    name: "ci",
    description: "",
    type: "http",
    format: "CloudEvents",
    address: "https://ci.example.com/hooks",
    auth: "",
    verify: true,
    events: ["PUSH_ARTIFACT"],
  };

  it("goes to the API as it takes it", () => {
    expect(toPolicy({ ...form, auth: "Bearer x" }, undefined)).toEqual({
      name: "ci",
      description: "",
      enabled: true,
      event_types: ["PUSH_ARTIFACT"],
      targets: [
        {
          type: "http",
          address: "https://ci.example.com/hooks",
          auth_header: "Bearer x",
          skip_cert_verify: false,
          payload_format: "CloudEvents",
        },
      ],
    });
  });

  it("has no form of its own for Slack, and an empty secret is not sent", () => {
    const [target] = toPolicy({ ...form, type: "slack" }, undefined).targets ?? [];
    expect(target).not.toHaveProperty("payload_format");
    expect(target).not.toHaveProperty("auth_header");
  });

  it("stays off, and keeps the addresses that the form does not show", () => {
    const other = { type: "http", address: "https://other.example.com" };
    const known = { enabled: false, targets: [{ type: "http", address: "https://old.example.com" }, other] };
    const policy = toPolicy(form, known);
    expect(policy.enabled).toBe(false);
    expect(policy.targets?.[1]).toEqual(other);
  });

  it("told last when it told last of anything", () => {
    const last = [
      { policy_name: "ci", last_trigger_time: "2026-01-02T00:00:00Z" },
      { policy_name: "ci", last_trigger_time: "2026-01-03T00:00:00Z" },
      { policy_name: "ci" },
      { policy_name: "other", last_trigger_time: "2026-02-03T00:00:00Z" },
    ];
    expect(lastOf({ name: "ci" }, last)).toBe("2026-01-03T00:00:00Z");
    expect(lastOf({ name: "new" }, last)).toBeNull();
  });
});
