/** The dialogs of the page of retention. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "~/ui/dialogs";
import { useNotify } from "~/ui/notify";
import { deletePolicy, type Policy, type PolicyChange, type Rule, scheduleOf } from "./queries";
import { useRun, useSave } from "./retention-actions";
import { useRuleText } from "./rule-text";

const RuleDialog = lazy(() => import("./RuleDialog"));
const ScheduleDialog = lazy(() => import("./ScheduleDialog"));

/** Which dialog is open; of a rule by its place, a new one without. */
export type Open =
  | { dialog: "rule"; index?: number }
  | { dialog: "delete"; index: number }
  | { dialog: "schedule" | "run" | "policy" };

interface Props {
  project: string;
  projectId: number;
  policy?: Policy;
  open: Open;
  close: () => void;
}

export function RetentionDialogs({ project, projectId, policy, open, close }: Props) {
  const { t } = useTranslation("policy");
  const notify = useNotify();
  const save = useSave(project, projectId, policy);
  const rules = policy?.rules ?? [];
  const told = async (change: PolicyChange, message: string) => {
    await save(change);
    notify.success(message);
  };
  switch (open.dialog) {
    case "rule":
      return (
        <Suspense>
          <EditRule
            project={project}
            rules={rules}
            index={open.index}
            save={(next) => told({ rules: next }, t("retention.saved"))}
            close={close}
          />
        </Suspense>
      );
    case "schedule":
      return (
        <Suspense>
          <ScheduleDialog
            cron={scheduleOf(policy).cron}
            save={(cron) => told({ cron }, t("retention.scheduleSaved"))}
            close={close}
          />
        </Suspense>
      );
    case "run":
      return <RunNow project={project} policy={policy?.id ?? 0} close={close} />;
    case "delete":
      return (
        <DeleteRule
          rules={rules}
          index={open.index}
          save={(next) => told({ rules: next }, t("retention.saved"))}
          close={close}
        />
      );
    case "policy":
      return <DeletePolicy project={project} policy={policy?.id ?? 0} close={close} />;
  }
}

interface OfRules {
  rules: Rule[];
  save: (rules: Rule[]) => Promise<void>;
  close: () => void;
}

function EditRule({
  project,
  rules,
  index,
  save,
  close,
}: OfRules & { project: string; index: number | undefined }) {
  const rule = index === undefined ? undefined : rules[index];
  return (
    <RuleDialog
      project={project}
      rule={rule}
      number={index === undefined ? undefined : index + 1}
      save={(next) => save(index === undefined ? [...rules, next] : rules.with(index, next))}
      close={close}
    />
  );
}

function RunNow({ project, policy, close }: { project: string; policy: number; close: () => void }) {
  const { t } = useTranslation("policy");
  const run = useRun(project, policy);
  return (
    <ConfirmDialog
      title={t("retention.runTitle")}
      confirm={t("retention.run")}
      action={() => run(false)}
      close={close}
    >
      {t("retention.runText")}
    </ConfirmDialog>
  );
}

function DeleteRule({ rules, index, save, close }: OfRules & { index: number }) {
  const { t } = useTranslation(["policy", "common"]);
  const text = useRuleText();
  return (
    <ConfirmDialog
      title={t("retention.deleteRuleTitle", { number: index + 1 })}
      confirm={t("common:delete")}
      action={() => save(rules.filter((_, at) => at !== index))}
      close={close}
    >
      {rules.length === 1
        ? t("retention.deleteLastText")
        : t("retention.deleteRuleText", { rule: text(rules[index] ?? {}) })}
    </ConfirmDialog>
  );
}

function DeletePolicy({ project, policy, close }: { project: string; policy: number; close: () => void }) {
  const { t } = useTranslation(["policy", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  return (
    <ConfirmDialog
      title={t("retention.deletePolicyTitle", { project })}
      confirm={t("common:delete")}
      action={async () => {
        await deletePolicy(policy);
        await queries.invalidateQueries({ queryKey: ["projects", project], exact: true });
        queries.removeQueries({ queryKey: ["retention", policy] });
        notify.success(t("retention.deletedPolicy", { project }));
      }}
      close={close}
    >
      {t("retention.deletePolicyText")}
    </ConfirmDialog>
  );
}
