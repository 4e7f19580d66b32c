/** What the pages of retention and immutability read and change. */

import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { api, BY_NAME, createdId, data, page, type Schemas } from "~/api/client";
import { LIVE } from "~/ui/LogView";
import type { ListState } from "~/ui/list-state";
import { isLive } from "~/ui/Status";

export type Policy = Schemas["RetentionPolicy"];
export type Rule = Schemas["RetentionRule"];
export type Template = Schemas["RetentionRuleMetadata"];
export type Run = Schemas["RetentionExecution"];
export type Task = Schemas["RetentionExecutionTask"];
export type ImmutableRule = Schemas["ImmutableRule"];

/** Most rules that a policy of retention may have. */
export const MOST_RULES = 15;

export const metadataQuery = queryOptions({
  queryKey: ["retention", "metadata"],
  queryFn: () => data(api.GET("/retentions/metadatas")),
  staleTime: Number.POSITIVE_INFINITY,
});

export function policyQuery(id: number) {
  return queryOptions({
    queryKey: ["retention", id],
    queryFn: () => data(api.GET("/retentions/{id}", { params: { path: { id } } })),
  });
}

const settingsSchema = z.object({
  cron: z.string().catch(""),
  next_scheduled_time: z.string().optional(),
});

/** When a policy is carried out by itself. */
export function scheduleOf(policy: Policy | undefined): { cron: string; next?: string } {
  const { cron, next_scheduled_time: next } = settingsSchema.parse(policy?.trigger?.settings ?? {});
  return { cron, next };
}

// The description of the API has an object of nothing where any settings may be.
const anySettings = z.custom<Record<string, never>>();

function body(policy: Policy | undefined, project: number, rules: Rule[], cron: string) {
  return {
    ...policy,
    algorithm: "or",
    scope: { level: "project", ref: project },
    rules,
    trigger: { kind: "Schedule", settings: anySettings.parse({ cron }), references: {} },
  };
}

export interface PolicyChange {
  rules?: Rule[];
  cron?: string;
}

/** Changes a project's policy, or makes it where there is none. */
export async function putPolicy(
  policy: Policy | undefined,
  project: number,
  change: PolicyChange,
): Promise<number> {
  const rules = change.rules ?? policy?.rules ?? [];
  const sent = body(policy, project, rules, change.cron ?? scheduleOf(policy).cron);
  const id = policy?.id;
  if (id === undefined) return createdId(api.POST("/retentions", { body: sent }));
  await api.PUT("/retentions/{id}", { params: { path: { id } }, body: sent });
  return id;
}

export function deletePolicy(id: number) {
  return api.DELETE("/retentions/{id}", { params: { path: { id } } });
}

/** How the list of runs is unless its address says otherwise. */
export const RUNS = { pageSize: 15 };

export function runsQuery(id: number, { query }: Pick<ListState, "query">) {
  const { page: number, page_size } = query;
  return queryOptions({
    queryKey: ["retention", id, "runs", number, page_size],
    queryFn: () =>
      page(
        api.GET("/retentions/{id}/executions", {
          params: { path: { id }, query: { page: number, page_size } },
        }),
      ),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => isLive(status)) ? LIVE : false),
  });
}

/** One run; the server keeps no more than fit on a page. */
export function runQuery(id: number, run: number) {
  return queryOptions({
    queryKey: ["retention", id, "runs", "one", run],
    queryFn: async () => {
      const call = api.GET("/retentions/{id}/executions", {
        params: { path: { id }, query: { page: 1, page_size: 100 } },
      });
      return (await data(call)).find((one) => one.id === run) ?? null;
    },
    refetchInterval: ({ state }) => (isLive(state.data?.status) ? LIVE : false),
  });
}

/** What a run does in each repository. */
export function tasksQuery(id: number, run: number, { query }: ListState) {
  const { page: number, page_size } = query;
  return queryOptions({
    queryKey: ["retention", id, "runs", run, "tasks", number, page_size],
    queryFn: () =>
      page(
        api.GET("/retentions/{id}/executions/{eid}/tasks", {
          params: { path: { id, eid: run }, query: { page: number, page_size } },
        }),
      ),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => isLive(status)) ? LIVE : false),
  });
}

/** The path of a task's log. */
export function taskLog(id: number, run: number, task: number): string {
  return `/retentions/${id}/executions/${run}/tasks/${task}`;
}

/** Begins a run; its id. */
export function startRun(id: number, dryRun: boolean): Promise<number> {
  return createdId(
    api.POST("/retentions/{id}/executions", { params: { path: { id } }, body: { dry_run: dryRun } }),
  );
}

export function stopRun(id: number, run: number) {
  return api.PATCH("/retentions/{id}/executions/{eid}", {
    params: { path: { id, eid: run } },
    body: { action: "stop" },
  });
}

export function immutableRulesQuery(project: string, { query }: ListState) {
  return queryOptions({
    queryKey: ["immutability", project, query],
    queryFn: () =>
      page(
        api.GET("/projects/{project_name_or_id}/immutabletagrules", {
          params: { path: { project_name_or_id: project }, query, header: BY_NAME },
        }),
      ),
    placeholderData: (before) => before,
  });
}

export function createImmutableRule(project: string, rule: ImmutableRule) {
  return api.POST("/projects/{project_name_or_id}/immutabletagrules", {
    params: { path: { project_name_or_id: project }, header: BY_NAME },
    body: rule,
  });
}

function oneRule(project: string, rule: ImmutableRule) {
  return {
    path: { project_name_or_id: project, immutable_rule_id: rule.id ?? 0 },
    header: BY_NAME,
  };
}

export function updateImmutableRule(project: string, rule: ImmutableRule) {
  return api.PUT("/projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}", {
    params: oneRule(project, rule),
    body: rule,
  });
}

export function deleteImmutableRule(project: string, rule: ImmutableRule) {
  return api.DELETE("/projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}", {
    params: oneRule(project, rule),
  });
}

/** How much of a project a preview looks at. */
export const LOOKED_AT = 100;

/** The first repositories of a project and its newest artifacts, to try patterns on. */
export function sampleQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "sample"],
    queryFn: async () => {
      const query = { page: 1, page_size: LOOKED_AT };
      const [repositories, artifacts] = await Promise.all([
        page(
          api.GET("/projects/{project_name}/repositories", {
            params: { path: { project_name: project }, query: { ...query, sort: "-update_time" } },
          }),
        ),
        page(
          api.GET("/projects/{project_name_or_id}/artifacts", {
            params: {
              path: { project_name_or_id: project },
              query: { ...query, with_tag: true, sort: "-push_time" },
              header: BY_NAME,
            },
          }),
        ),
      ]);
      return { repositories, artifacts };
    },
    staleTime: 30_000,
  });
}
