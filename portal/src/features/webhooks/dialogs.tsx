/** The dialogs over webhooks, of which one at most is open. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useAllOf } from "~/features/artifacts/bulk";
import { ConfirmDialog } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { deletePolicy, type Policy, updatePolicy } from "./queries";

const WebhookDialog = lazy(() => import("./WebhookDialog"));

export type Open = { kind: "edit"; policy?: Policy } | { kind: "delete"; policies: Policy[] };

/** Under which all of a project's webhooks is kept. */
export const webhooksKey = (project: string) => ["projects", project, "webhooks"];

export function useRefresh(project: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: webhooksKey(project) });
}

/** Enables or disables a webhook at once: it can be taken back as quickly. */
export function useSwitch(project: string) {
  const { t } = useTranslation("webhooks");
  const notify = useNotify();
  const refresh = useRefresh(project);
  return async (policy: Policy) => {
    try {
      await updatePolicy(project, policy.id ?? 0, { ...policy, enabled: !policy.enabled });
      notify.success(t(policy.enabled ? "disabled" : "enabled", { name: policy.name }));
    } catch (error) {
      notify.failure(error);
    }
    refresh();
  };
}

export function WebhookDialogs({
  project,
  open,
  close,
  deleted,
}: {
  project: string;
  open: Open | null;
  close: () => void;
  /** Told what went; refreshes the list, as far as there is one. */
  deleted: (gone: Policy[]) => void;
}) {
  const { t } = useTranslation("webhooks");
  const notify = useNotify();
  const refresh = useRefresh(project);
  if (open?.kind === "edit") {
    const done = (name: string) => {
      refresh();
      notify.success(t(open.policy ? "edit.done" : "new.done", { name }));
    };
    return (
      <Suspense>
        <WebhookDialog project={project} policy={open.policy} close={close} done={done} />
      </Suspense>
    );
  }
  if (open?.kind !== "delete") return null;
  return <Delete project={project} policies={open.policies} close={close} deleted={deleted} />;
}

function Delete({
  project,
  policies,
  close,
  deleted,
}: {
  project: string;
  policies: Policy[];
  close: () => void;
  deleted: (gone: Policy[]) => void;
}) {
  const { t } = useTranslation(["webhooks", "common"]);
  const notify = useNotify();
  const refresh = useRefresh(project);
  const { list } = useFormat();
  const { left, run } = useAllOf(policies);
  const remove = async () => {
    await run(
      ({ id = 0 }) => deletePolicy(project, id),
      (gone) => (gone.length > 0 ? deleted(gone) : refresh()),
    );
    notify.success(t("delete.done", { count: policies.length }));
  };
  return (
    <ConfirmDialog
      title={t("delete.title", { count: left.length })}
      confirm={t("common:delete")}
      action={remove}
      close={close}
    >
      <strong>{list(left.map(({ name = "" }) => name))}</strong>
      <p className="minato-gap">{t("delete.text")}</p>
    </ConfirmDialog>
  );
}
