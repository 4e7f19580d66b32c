/** What was deleted in a project: having it back, or ending it for good. */

import { Button, Content, Label, ToolbarItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useSystemInfo } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size, Time, useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Name } from "~/ui/Name";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { DeletedDialogs, type Open } from "./DeletedDialogs";
import { kindOf, nameOf } from "./names";
import { type Deletion, deletionsQuery } from "./queries";

/** Who the server's own jobs are, by Harbor's name. */
const JOB = "harbor-jobservice";

function useFilters() {
  const { t } = useTranslation("undo");
  return useMemo(
    () => [
      { key: "repository", label: t("filterRepository") },
      {
        key: "kind",
        label: t("kind"),
        options: (["tag", "artifact", "repository"] as const).map((value) => ({
          value,
          label: t(`kinds.${value}`),
        })),
      },
      { key: "name", label: t("filterName") },
      { key: "deleted_by", label: t("filterBy") },
    ],
    [t],
  );
}

export default function DeletedPage() {
  const { t } = useTranslation(["undo", "common"]);
  const { project } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(project);
  const filters = useFilters();
  const state = useListState(filters);
  const list = useQuery(deletionsQuery(project, state));
  const [rows, setRows] = useState<Deletion[]>([]);
  const [open, setOpen] = useState<Open | null>(null);
  const mayRestore = can("repository", "push");
  const mayPurgeAll = can("repository", "delete");
  return (
    <>
      <Content component="p">
        {t("intro")} {!mayRestore && t("mayNotRestore")}
      </Content>
      <DataTable
        id="deletions"
        label={t("label")}
        columns={useColumns(project)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={nameOf}
        selection={{ rows, change: setRows }}
        actions={(row) => [
          ...(mayRestore
            ? [{ title: t("restore"), onClick: () => setOpen({ dialog: "restore", rows: [row] }) }]
            : []),
          ...(mayPurge(row, mayPurgeAll)
            ? [{ title: t("purge"), onClick: () => setOpen({ dialog: "purge", rows: [row] }) }]
            : []),
        ]}
        toolbar={<Bulk rows={rows} mayRestore={mayRestore} mayPurgeAll={mayPurgeAll} open={setOpen} />}
        empty={<Nothing />}
      />
      {open && (
        <DeletedDialogs project={project} open={open} close={() => setOpen(null)} done={() => setRows([])} />
      )}
    </>
  );
}

function Nothing() {
  const { t } = useTranslation(["undo", "common"]);
  const { period } = useFormat();
  const { undo_period: seconds } = useSystemInfo();
  return (
    <Empty title={t("empty")}>
      {seconds > 0 ? t("emptyHint", { time: period(seconds) }) : t("common:undo.off")}
    </Empty>
  );
}

/** Ending the deletion of a repository takes more than ending that of an artifact. */
function mayPurge({ kind }: Deletion, mayPurgeAll: boolean): boolean {
  return mayPurgeAll || kind !== "repository";
}

function Bulk({
  rows,
  mayRestore,
  mayPurgeAll,
  open,
}: {
  rows: Deletion[];
  mayRestore: boolean;
  mayPurgeAll: boolean;
  open: (what: Open) => void;
}) {
  const { t } = useTranslation("undo");
  const ending = rows.filter((row) => mayPurge(row, mayPurgeAll));
  return (
    <>
      {mayRestore && (
        <BulkButton
          label={t("restore")}
          count={rows.length}
          onClick={() => open({ dialog: "restore", rows })}
        />
      )}
      <BulkButton
        label={t("purge")}
        count={ending.length}
        danger
        onClick={() => open({ dialog: "purge", rows: ending })}
      />
      {mayPurgeAll && (
        <ToolbarItem>
          <Button variant="link" isDanger onClick={() => open({ dialog: "all" })}>
            {t("purgeAll")}
          </Button>
        </ToolbarItem>
      )}
    </>
  );
}

function useColumns(project: string): Column<Deletion>[] {
  const { t } = useTranslation("undo");
  const { number } = useFormat();
  return [
    {
      key: "what",
      label: t("what"),
      width: 30,
      modifier: "breakWord",
      render: (row) => (
        <>
          <span title={row.kind === "artifact" ? row.name : undefined}>
            <Name text={nameOf({ ...row, tags: [] }).slice(project.length + 1)} />
          </span>
          {row.kind === "artifact" && row.tags.length > 0 && (
            <div className="minato-quiet">{row.tags.join(", ")}</div>
          )}
        </>
      ),
    },
    {
      key: "kind",
      label: t("kind"),
      render: ({ kind }) => {
        const known = kindOf(kind);
        return (
          <Label isCompact color={kind === "repository" ? "orange" : "grey"}>
            {known ? t(`kinds.${known}`) : kind}
          </Label>
        );
      },
    },
    { key: "artifacts", label: t("artifacts"), render: ({ artifact_count }) => number(artifact_count) },
    { key: "held", label: t("held"), modifier: "nowrap", render: ({ size }) => <Size bytes={size} /> },
    {
      key: "by",
      label: t("by"),
      render: ({ deleted_by: by }) => (by === JOB ? <span title={by}>{t("byJob")}</span> : by),
    },
    {
      key: "when",
      label: t("when"),
      modifier: "nowrap",
      render: ({ deletion_time }) => <Time value={deletion_time} />,
    },
    {
      key: "until",
      label: t("until"),
      modifier: "nowrap",
      render: ({ expiration_time }) => <Time value={expiration_time} />,
    },
  ];
}
