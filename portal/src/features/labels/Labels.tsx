/** A table of labels, and making, changing and deleting them. */

import { Button, ToolbarItem } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllOf } from "~/features/artifacts/bulk";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { LabelChip } from "~/ui/LabelChip";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { LabelDialog } from "./LabelDialog";
import { deleteLabel, type Label, labelsQuery, type Scope } from "./queries";

interface May {
  create: boolean;
  update: boolean;
  delete: boolean;
}

type Open = { kind: "edit"; label?: Label } | { kind: "delete"; labels: Label[] };

export function Labels({ scope, may }: { scope: Scope; may: May }) {
  const { t } = useTranslation(["labels", "common"]);
  const [open, setOpen] = useState<Open | null>(null);
  const [selected, setSelected] = useState<Label[]>([]);
  const filters = useMemo(() => [{ key: "name", label: t("filterByName") }], [t]);
  const state = useListState(filters, { sort: "name" });
  const list = useQuery(labelsQuery(scope, state));
  const create = may.create && <Button onClick={() => setOpen({ kind: "edit" })}>{t("new.title")}</Button>;
  const actions = (label: Label) => [
    ...(may.update ? [{ title: t("common:edit"), onClick: () => setOpen({ kind: "edit", label }) }] : []),
    ...(may.delete
      ? [{ title: t("common:delete"), onClick: () => setOpen({ kind: "delete", labels: [label] }) }]
      : []),
  ];
  return (
    <>
      <DataTable
        id="labels"
        label={t("common:nav.labels")}
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id = 0 }) => id}
        rowName={({ name = "" }) => name}
        selection={may.delete ? { rows: selected, change: setSelected } : undefined}
        actions={may.update || may.delete ? actions : undefined}
        toolbar={
          <>
            {create && <ToolbarItem>{create}</ToolbarItem>}
            {may.delete && (
              <BulkButton
                label={t("common:delete")}
                count={selected.length}
                onClick={() => setOpen({ kind: "delete", labels: selected })}
              />
            )}
          </>
        }
        empty={
          <Empty title={t("empty.title")} actions={create}>
            {t(scope.scope === "g" ? "empty.global" : "empty.project")}
          </Empty>
        }
      />
      <Dialogs
        open={open}
        scope={scope}
        close={() => setOpen(null)}
        deleted={(gone) =>
          setSelected((now) => now.filter(({ id }) => !gone.some((label) => label.id === id)))
        }
      />
    </>
  );
}

function Dialogs({
  open,
  scope,
  close,
  deleted,
}: {
  open: Open | null;
  scope: Scope;
  close: () => void;
  deleted: (gone: Label[]) => void;
}) {
  const { t } = useTranslation(["labels", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const refresh = () => queries.invalidateQueries({ queryKey: ["labels"] });
  if (open?.kind === "edit") {
    const done = (name: string) => {
      refresh();
      notify.success(t(open.label ? "edit.done" : "new.done", { name }));
    };
    return <LabelDialog label={open.label} scope={scope} close={close} done={done} />;
  }
  if (open?.kind !== "delete") return null;
  const settled = (gone: Label[]) => {
    deleted(gone);
    refresh();
  };
  return <DeleteLabels labels={open.labels} settled={settled} close={close} />;
}

function DeleteLabels({
  labels,
  settled,
  close,
}: {
  labels: Label[];
  /** Told what went, also when only some did. */
  settled: (gone: Label[]) => void;
  close: () => void;
}) {
  const { t } = useTranslation(["labels", "common"]);
  const notify = useNotify();
  const { left, run } = useAllOf(labels);
  const only = left.length === 1 ? left[0] : undefined;
  const remove = async () => {
    await run(({ id = 0 }) => deleteLabel(id), settled);
    notify.success(t("delete.done", { count: labels.length }));
  };
  return (
    <ConfirmDialog
      title={only ? t("delete.titleOne", { name: only.name }) : t("delete.title", { count: left.length })}
      confirm={t("common:delete")}
      action={remove}
      close={close}
    >
      <p>
        {left.map((label) => (
          <span key={label.id} style={{ marginInlineEnd: "0.4rem" }}>
            <LabelChip name={label.name ?? ""} color={label.color} />
          </span>
        ))}
      </p>
      <p className="minato-gap">{t("delete.text", { count: left.length })}</p>
    </ConfirmDialog>
  );
}

function useColumns(): Column<Label>[] {
  const { t } = useTranslation(["labels", "common"]);
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 30,
      render: ({ name = "", color }) => <LabelChip name={name} color={color} />,
    },
    {
      key: "description",
      label: t("common:description"),
      modifier: "breakWord",
      render: ({ description }) => description,
    },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
    {
      key: "updated",
      label: t("common:updated"),
      sort: "update_time",
      modifier: "nowrap",
      hidden: true,
      render: ({ update_time }) => <Time value={update_time} />,
    },
  ];
}
