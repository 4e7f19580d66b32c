/** What the pages of webhooks read and change. */

import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { api, BY_NAME, data, page, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import type { ListState } from "~/ui/list-state";
import { isLive } from "~/ui/Status";

export type Policy = Schemas["WebhookPolicy"];
export type Delivery = Schemas["Execution"];
export type Supported = Schemas["SupportedWebhookEventTypes"];

const inProject = (project: string) => ({ project_name_or_id: project });

export function policiesQuery(project: string, { query }: ListState) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", "list", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name_or_id}/webhook/policies", {
          params: { path: inProject(project), header: BY_NAME, query },
        }),
      ),
    placeholderData: (before) => before,
  });
}

export function policyQuery(project: string, id: number) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", id],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}", {
          params: { path: { ...inProject(project), webhook_policy_id: id }, header: BY_NAME },
        }),
      ),
  });
}

/** When each webhook told last of each kind of event. */
export function lastQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", "last"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/webhook/lasttrigger", {
          params: { path: inProject(project), header: BY_NAME },
        }),
      ),
  });
}

/** The kinds of events, targets and payloads that there are. */
export function supportedQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", "supported"],
    queryFn: () =>
      data(
        api.GET("/projects/{project_name_or_id}/webhook/events", {
          params: { path: inProject(project), header: BY_NAME },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function createPolicy(project: string, body: Policy) {
  return api.POST("/projects/{project_name_or_id}/webhook/policies", {
    params: { path: inProject(project), header: BY_NAME },
    body,
  });
}

export function updatePolicy(project: string, id: number, body: Policy) {
  return api.PUT("/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}", {
    params: { path: { ...inProject(project), webhook_policy_id: id }, header: BY_NAME },
    body,
  });
}

export function deletePolicy(project: string, id: number) {
  return api.DELETE("/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}", {
    params: { path: { ...inProject(project), webhook_policy_id: id }, header: BY_NAME },
  });
}

export function deliveriesQuery(project: string, id: number, { query }: ListState) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", id, "deliveries", query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions", {
          params: { path: { ...inProject(project), webhook_policy_id: id }, header: BY_NAME, query },
        }),
      ),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => isLive(status)) ? LIVE : false),
  });
}

export function tasksQuery(project: string, id: number, delivery: number) {
  return queryOptions({
    queryKey: ["projects", project, "webhooks", id, "deliveries", delivery, "tasks"],
    queryFn: () =>
      page(
        api.GET(
          "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions/{execution_id}/tasks",
          {
            params: {
              path: { ...inProject(project), webhook_policy_id: id, execution_id: delivery },
              header: BY_NAME,
              query: { page_size: 100 },
            },
          },
        ),
      ),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => isLive(status)) ? LIVE : false),
  });
}

/** Where the log of a delivery's task is. */
export function logPath(project: string, id: number, delivery: number, task: number): string {
  const policy = `/projects/${encodeURIComponent(project)}/webhook/policies/${id}`;
  return `${policy}/executions/${delivery}/tasks/${task}/log`;
}

export function redeliver(project: string, id: number, delivery: number) {
  return api.POST(
    "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions/{execution_id}/redelivery",
    {
      params: {
        path: { ...inProject(project), webhook_policy_id: id, execution_id: delivery },
        header: BY_NAME,
      },
    },
  );
}

const attributes = z.object({ event_type: z.string().catch(""), payload: z.string().catch("") });

/** What was told by a delivery: the event, and what was sent. */
export function contentOf(delivery: Delivery): { event: string; payload: string } {
  const { event_type, payload } = attributes.parse(delivery.extra_attrs ?? {});
  return { event: event_type, payload: pretty(payload) };
}

/** JSON with a line per field; any other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
