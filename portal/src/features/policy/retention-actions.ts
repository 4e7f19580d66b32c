/** What is done to a policy of retention, from its page and its dialogs. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Policy, type PolicyChange, putPolicy, startRun } from "./queries";

/** Saves a change of the policy, and has all that shows it read again. */
export function useSave(project: string, projectId: number, policy: Policy | undefined) {
  const queries = useQueryClient();
  return async (change: PolicyChange) => {
    const id = await putPolicy(policy, projectId, change);
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["retention", id], exact: true }),
      ...(policy ? [] : [queries.invalidateQueries({ queryKey: ["projects", project], exact: true })]),
    ]);
  };
}

/** Goes to the run that it begins, where what it finds appears. */
export function useRun(project: string, policy: number) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (dryRun: boolean) => {
    const run = await startRun(policy, dryRun);
    queries.invalidateQueries({ queryKey: ["retention", policy, "runs"] });
    navigate({ to: "/projects/$project/retention/runs/$run", params: { project, run: String(run) } });
  };
}
