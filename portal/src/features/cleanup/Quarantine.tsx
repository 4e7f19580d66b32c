/** What checks have set aside: nothing is deleted at once, and somebody may know better. */

import { Content, Label } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Digest } from "~/ui/Copy";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Size, Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Name } from "~/ui/Name";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { deleteQuarantined, keepQuarantined, type Quarantined, quarantineQuery } from "./queries";

const REASONS = ["orphan", "size", "content"] as const;

export function Quarantine() {
  const { t } = useTranslation(["cleanup", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [deleting, setDeleting] = useState<Quarantined | null>(null);
  const filters = useMemo(
    () => [
      { key: "digest", label: t("quarantine.filter") },
      {
        key: "reason",
        label: t("quarantine.reason"),
        options: REASONS.map((value) => ({ value, label: t(`found.${value}`) })),
      },
    ],
    [t],
  );
  const state = useListState(filters);
  const list = useQuery(quarantineQuery(state));
  const refresh = () => queries.invalidateQueries({ queryKey: ["cleanup", "quarantine"] });
  const keep = async ({ id }: Quarantined) => {
    try {
      await keepQuarantined(id);
      notify.success(t("quarantine.kept"));
    } catch (error) {
      notify.failure(error);
    }
    refresh();
  };
  return (
    <>
      <Content component="p" className="minato-quiet">
        {t("about.quarantine")}
      </Content>
      <DataTable
        id="quarantine"
        label={t("tab.quarantine")}
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ digest, storage_key }) => digest || storage_key}
        actions={(row) => [
          ...(row.deletion_time ? [{ title: t("quarantine.keep"), onClick: () => keep(row) }] : []),
          { title: t("common:delete"), onClick: () => setDeleting(row) },
        ]}
        empty={<Empty title={t("quarantine.none")}>{t("quarantine.noneText")}</Empty>}
      />
      {deleting && <Delete row={deleting} close={() => setDeleting(null)} refresh={refresh} />}
    </>
  );
}

function Delete({ row, close, refresh }: { row: Quarantined; close: () => void; refresh: () => void }) {
  const { t } = useTranslation(["cleanup", "common"]);
  const notify = useNotify();
  return (
    <ConfirmDialog
      title={t("quarantine.deleteTitle")}
      confirm={t("common:delete")}
      close={close}
      action={async () => {
        await deleteQuarantined(row.id);
        refresh();
        notify.success(t("quarantine.deleted"));
      }}
    >
      <p>
        <code>{row.digest || row.storage_key}</code>
      </p>
      <p className="minato-gap">{t("quarantine.deleteText")}</p>
    </ConfirmDialog>
  );
}

function useColumns(): Column<Quarantined>[] {
  const { t } = useTranslation(["cleanup", "common"]);
  return [
    {
      key: "digest",
      label: t("digest"),
      render: ({ digest }) => (digest ? <Digest value={digest} /> : "–"),
    },
    {
      key: "reason",
      label: t("quarantine.reason"),
      render: ({ reason }) => {
        const known = REASONS.find((one) => one === reason);
        return (
          <Label isCompact color={known === "orphan" ? "grey" : "red"}>
            {known ? t(`found.${known}`) : reason}
          </Label>
        );
      },
    },
    { key: "size", label: t("common:size"), modifier: "nowrap", render: ({ size }) => <Size bytes={size} /> },
    {
      key: "key",
      label: t("quarantine.key"),
      modifier: "breakWord",
      render: ({ storage_key }) => (
        <code>
          <Name text={storage_key} />
        </code>
      ),
    },
    {
      key: "created",
      label: t("quarantine.since"),
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
    {
      key: "deletion",
      label: t("quarantine.goes"),
      modifier: "nowrap",
      render: ({ deletion_time }) => (deletion_time ? <Time value={deletion_time} /> : t("quarantine.stays")),
    },
  ];
}
