/** Whom a project tells of what happens in it. */

import { Button, Label, ToolbarItem } from "@patternfly/react-core";
import { useQueries } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { useCan, useSystemInfo } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time } from "~/ui/format";
import { useListChanges } from "~/ui/list-changes";
import { useListState } from "~/ui/list-state";
import { Alert } from "~/ui/patternfly/Alert";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { type Open, useSwitch, WebhookDialogs, webhooksKey } from "./dialogs";
import { useEventName } from "./events";
import { lastOf } from "./policy";
import { lastQuery, type Policy, policiesQuery } from "./queries";

export default function WebhooksPage() {
  const { t } = useTranslation(["webhooks", "common"]);
  const { project } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(project);
  const info = useSystemInfo();
  const [open, setOpen] = useState<Open | null>(null);
  const { selected, setSelected, deleted } = useListChanges(webhooksKey(project), ({ id }: Policy) => id);
  const filters = useMemo(() => [{ key: "name", label: t("filterByName") }], [t]);
  const state = useListState(filters, { sort: "name" });
  const [list, last] = useQueries({ queries: [policiesQuery(project, state), lastQuery(project)] });
  const actions = useActions(project, setOpen);
  const mayDelete = can("notification-policy", "delete");
  const create = can("notification-policy", "create") && (
    <Button onClick={() => setOpen({ kind: "edit" })}>{t("new.title")}</Button>
  );
  return (
    <>
      {info.notification_enable === false && <Alert isInline variant="warning" title={t("switchedOff")} />}
      <DataTable
        id="webhooks"
        label={t("common:tabs.webhooks")}
        columns={useColumns(project, last.data ?? [])}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id = 0 }) => id}
        rowName={({ name = "" }) => name}
        selection={mayDelete ? { rows: selected, change: setSelected } : undefined}
        actions={mayDelete || can("notification-policy", "update") ? actions : undefined}
        toolbar={
          <>
            {create && <ToolbarItem>{create}</ToolbarItem>}
            {mayDelete && (
              <BulkButton
                label={t("common:delete")}
                count={selected.length}
                onClick={() => setOpen({ kind: "delete", policies: selected })}
              />
            )}
          </>
        }
        empty={
          <Empty title={t("empty.title")} actions={create}>
            {t("empty.text")}
          </Empty>
        }
      />
      <WebhookDialogs project={project} open={open} close={() => setOpen(null)} deleted={deleted} />
    </>
  );
}

function useActions(project: string, setOpen: (open: Open) => void) {
  const { t } = useTranslation(["webhooks", "common"]);
  const can = useCan(project);
  const toggle = useSwitch(project);
  return (policy: Policy) => [
    ...(can("notification-policy", "update")
      ? [
          { title: t("common:edit"), onClick: () => setOpen({ kind: "edit", policy }) },
          {
            title: t(policy.enabled ? "common:disable" : "common:enable"),
            onClick: () => toggle(policy),
          },
        ]
      : []),
    ...(can("notification-policy", "delete")
      ? [{ title: t("common:delete"), onClick: () => setOpen({ kind: "delete", policies: [policy] }) }]
      : []),
  ];
}

function useColumns(project: string, last: Schemas["WebhookLastTrigger"][]): Column<Policy>[] {
  const { t } = useTranslation(["webhooks", "common"]);
  const nameOf = useEventName();
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 20,
      modifier: "breakWord",
      render: ({ id, name }) => (
        <Link to="/projects/$project/webhooks/$policy" params={{ project, policy: String(id) }}>
          {name}
        </Link>
      ),
    },
    {
      key: "state",
      label: t("common:state"),
      modifier: "nowrap",
      render: ({ enabled }) => (
        <Label isCompact color={enabled ? "green" : "grey"}>
          {t(enabled ? "common:enabled" : "common:disabled")}
        </Label>
      ),
    },
    {
      key: "target",
      label: t("target"),
      width: 30,
      modifier: "breakWord",
      render: ({ targets }) => targets?.map(({ address }) => <div key={address}>{address}</div>),
    },
    {
      key: "events",
      label: t("events"),
      render: ({ event_types = [] }) => (
        <LabelGroup
          numLabels={1}
          isCompact
          collapsedText={t("moreEvents", { count: event_types.length - 1 })}
          expandedText={t("fewerEvents")}
          aria-label={t("events")}
        >
          {event_types.map((event) => (
            <Label key={event} isCompact>
              {nameOf(event)}
            </Label>
          ))}
        </LabelGroup>
      ),
    },
    {
      key: "last",
      label: t("last"),
      modifier: "nowrap",
      render: (policy) => <Time value={lastOf(policy, last)} />,
    },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      hidden: true,
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
  ];
}
