/** The table of what was done and tried, with its filters. A row tells all that is known of it. */

import { Button, ToolbarItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsAdmin } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { shortened, Time } from "~/ui/format";
import { type Filter, useListState } from "~/ui/list-state";
import { Name } from "~/ui/Name";
import { Empty } from "~/ui/states";
import { EntryDialog } from "./EntryDialog";
import { DONE_IN_PROJECTS, OF_PROJECTS, wordsOf } from "./entries";
import { auditQuery, type Entry, eventTypesQuery } from "./queries";
import { SpanFilter } from "./SpanFilter";
import { Result, useWords } from "./words";

/** The field of the log's time, with a control of its own. */
const TIME = "op_time";

function useFilters(project: string | undefined): Filter[] {
  const { t } = useTranslation("audit");
  const isAdmin = useIsAdmin();
  const words = useWords();
  const { data: events } = useQuery({ ...eventTypesQuery, enabled: isAdmin });
  return useMemo(() => {
    const { operations, resources } = wordsOf(events ?? []);
    const option = (name: (word: string) => string) => (value: string) => ({ value, label: name(value) });
    const within = (known: readonly string[]) => (word: string) =>
      project === undefined || known.includes(word);
    return [
      { key: "username", label: t("user") },
      {
        key: "operation",
        label: t("operation"),
        options: operations.filter(within(DONE_IN_PROJECTS)).map(option(words.operation)),
      },
      {
        key: "resource_type",
        label: t("type"),
        options: resources.filter(within(OF_PROJECTS)).map(option(words.resource)),
      },
      { key: "resource", label: t("resource") },
      {
        key: "operation_result",
        label: t("result"),
        options: [
          { value: "true", label: t("done") },
          { value: "false", label: t("failed") },
        ],
      },
      { key: TIME, label: t("time.label"), exact: true },
    ];
  }, [t, events, project, words]);
}

export function AuditLog({ project }: { project?: string }) {
  const { t } = useTranslation("audit");
  const isAdmin = useIsAdmin();
  const filters = useFilters(project);
  const state = useListState(filters, { pageSize: 50, sort: "-op_time" });
  const list = useQuery(auditQuery(project, state));
  const [entry, setEntry] = useState<Entry | null>(null);
  return (
    <>
      <DataTable
        id={project === undefined ? "audit" : "project-audit"}
        label={t("label")}
        columns={useColumns(setEntry)}
        list={list}
        state={state}
        filters={filters.filter(({ key }) => key !== TIME)}
        rowKey={({ id }) => id}
        rowName={({ operation_description }) => operation_description}
        toolbar={
          <ToolbarItem>
            <SpanFilter
              value={state.filters[TIME] ?? ""}
              change={(span) => state.setFilters({ ...state.filters, [TIME]: span })}
            />
          </ToolbarItem>
        }
        empty={
          <Empty title={t(project === undefined && !isAdmin ? "emptyYours" : "empty")}>
            {t("emptyHint")}
          </Empty>
        }
      />
      {entry && <EntryDialog entry={entry} close={() => setEntry(null)} />}
    </>
  );
}

function useColumns(show: (entry: Entry) => void): Column<Entry>[] {
  const { t } = useTranslation("audit");
  const words = useWords();
  return [
    {
      key: "time",
      label: t("time.label"),
      sort: "op_time",
      modifier: "nowrap",
      render: ({ op_time }) => <Time value={op_time} />,
    },
    {
      key: "user",
      label: t("user"),
      sort: "username",
      width: 25,
      // Names of robots may be very long.
      modifier: "truncate",
      render: ({ username }) => username,
    },
    {
      key: "operation",
      label: t("operation"),
      sort: "operation",
      modifier: "nowrap",
      render: ({ operation }) => words.operation(operation),
    },
    {
      key: "type",
      label: t("type"),
      sort: "resource_type",
      modifier: "nowrap",
      render: ({ resource_type }) => words.resource(resource_type),
    },
    {
      key: "resource",
      label: t("resource"),
      sort: "resource",
      width: 35,
      modifier: "breakWord",
      render: (entry) => (
        <Button
          variant="link"
          isInline
          title={entry.resource}
          aria-label={t("open", { what: entry.operation_description })}
          onClick={() => show(entry)}
        >
          <Name text={shortened(entry.resource || entry.operation_description)} />
        </Button>
      ),
    },
    {
      key: "result",
      label: t("result"),
      modifier: "nowrap",
      render: ({ operation_result }) => <Result done={operation_result} />,
    },
  ];
}
