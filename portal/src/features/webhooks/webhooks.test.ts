import { describe, expect, it } from "vitest";
import { grouped } from "./events";
import { contentOf, logPath, pretty } from "./queries";

describe("events", () => {
  it("are grouped, also those that are new to us", () => {
    expect(grouped(["NEW_ONE", "PULL_ARTIFACT", "PUSH_ARTIFACT"])).toEqual([
      { group: "artifacts", events: ["PUSH_ARTIFACT", "PULL_ARTIFACT"] },
      { group: "other", events: ["NEW_ONE"] },
    ]);
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
