/** The rules that keep tags from being moved and deleted. */

import { Button, Content, ToolbarItem } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { type Filter, useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import {
  createImmutableRule,
  deleteImmutableRule,
  type ImmutableRule,
  immutableRulesQuery,
  updateImmutableRule,
} from "./queries";
import { RuleState } from "./RulesTable";
import { SelectorText, useSelectorLine } from "./SelectorFields";
import { ofRepositories } from "./selectors";

const ImmutableRuleDialog = lazy(() => import("./ImmutableRuleDialog"));

const FILTERS: Filter[] = [];

/** What is open: a rule to write, a new one without, or one to delete. */
type Open = { dialog: "edit"; rule?: ImmutableRule } | { dialog: "delete"; rule: ImmutableRule };

export default function ImmutabilityPage() {
  const { t } = useTranslation(["policy", "common"]);
  const { project } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(project);
  const name = useRuleName();
  const done = useDone(project);
  const notify = useNotify();
  const [open, setOpen] = useState<Open | null>(null);
  const state = useListState(FILTERS);
  const list = useQuery(immutableRulesQuery(project, state));
  const mayAdd = can("immutable-tag", "create");
  const mayEdit = can("immutable-tag", "update");
  const mayDelete = can("immutable-tag", "delete");
  const add = mayAdd && (
    <Button onClick={() => setOpen({ dialog: "edit" })}>{t("immutability.addRule")}</Button>
  );
  const toggle = (rule: ImmutableRule) =>
    updateImmutableRule(project, { ...rule, disabled: !rule.disabled }).then(
      () => done(t(rule.disabled ? "immutability.enabled" : "immutability.disabled")),
      notify.failure,
    );
  const actions = (rule: ImmutableRule) => [
    ...(mayEdit
      ? [
          { title: t("common:edit"), onClick: () => setOpen({ dialog: "edit", rule }) },
          { title: t(rule.disabled ? "common:enable" : "common:disable"), onClick: () => toggle(rule) },
        ]
      : []),
    ...(mayDelete ? [{ title: t("common:delete"), onClick: () => setOpen({ dialog: "delete", rule }) }] : []),
  ];
  return (
    <>
      <Content component="p">{t("immutability.intro")}</Content>
      <DataTable
        id="immutability"
        label={t("immutability.label")}
        columns={useColumns()}
        list={list}
        state={state}
        rowKey={({ id }) => id ?? 0}
        rowName={name}
        actions={mayEdit || mayDelete ? actions : undefined}
        toolbar={add && <ToolbarItem>{add}</ToolbarItem>}
        empty={
          <Empty title={t("immutability.empty")} actions={add}>
            {t(mayAdd ? "immutability.emptyHint" : "immutability.emptyRead")}
          </Empty>
        }
      />
      {open && <Dialogs project={project} open={open} close={() => setOpen(null)} />}
    </>
  );
}

/** Says what was done and has all that depends on rules read again. */
function useDone(project: string) {
  const queries = useQueryClient();
  const notify = useNotify();
  return (message: string) => {
    queries.invalidateQueries({ queryKey: ["immutability", project] });
    // Lists of tags show which of them are held.
    queries.invalidateQueries({ queryKey: ["artifacts", project] });
    notify.success(message);
  };
}

function useRuleName(): (rule: ImmutableRule) => string {
  const { t } = useTranslation("policy");
  const line = useSelectorLine();
  return (rule) =>
    t("immutability.name", {
      tags: line(rule.tag_selectors ?? []),
      repositories: line(ofRepositories(rule.scope_selectors)),
    });
}

function useColumns(): Column<ImmutableRule>[] {
  const { t } = useTranslation(["policy", "common"]);
  return [
    {
      key: "tags",
      label: t("selector.tags"),
      width: 40,
      render: ({ tag_selectors }) => <SelectorText selectors={tag_selectors ?? []} />,
    },
    {
      key: "repositories",
      label: t("selector.repositories"),
      width: 40,
      render: ({ scope_selectors }) => <SelectorText selectors={ofRepositories(scope_selectors)} />,
    },
    {
      key: "state",
      label: t("common:state"),
      render: ({ disabled }) => <RuleState disabled={disabled} />,
    },
  ];
}

function Dialogs({ project, open, close }: { project: string; open: Open; close: () => void }) {
  const { t } = useTranslation(["policy", "common"]);
  const done = useDone(project);
  const name = useRuleName();
  const { rule } = open;
  if (open.dialog === "delete") {
    return (
      <ConfirmDialog
        title={t("immutability.deleteTitle")}
        confirm={t("common:delete")}
        action={async () => {
          await deleteImmutableRule(project, open.rule);
          done(t("immutability.deleted"));
        }}
        close={close}
      >
        {t("immutability.deleteText", { rule: name(open.rule) })}
      </ConfirmDialog>
    );
  }
  return (
    <Suspense>
      <ImmutableRuleDialog
        project={project}
        rule={rule}
        save={async (next) => {
          await (rule ? updateImmutableRule(project, next) : createImmutableRule(project, next));
          done(t(rule ? "immutability.saved" : "immutability.created"));
        }}
        close={close}
      />
    </Suspense>
  );
}
