/** How much each project stores, and how much it may. */

import { Button, Flex, Progress } from "@patternfly/react-core";
import PencilIcon from "@patternfly/react-icons/dist/esm/icons/pencil-alt-icon";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { configurationsQuery } from "~/features/configuration/queries";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size, Time, useFormat } from "~/ui/format";
import { Growth } from "~/ui/Growth";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Page } from "~/ui/Page";
import { Empty } from "~/ui/states";
import { LargestProjects } from "./LargestProjects";
import { LimitDialog } from "./LimitDialog";
import { fullness } from "./limit";
import { growthQuery, type Quota, quotasQuery, setDefaultLimit, setLimit } from "./queries";

export default function QuotasPage() {
  const { t } = useTranslation(["admin", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [editing, setEditing] = useState<Quota | null>(null);
  const filters = useMemo(() => [{ key: "name", label: t("quotas.filter") }], [t]);
  const state = useListState(filters, { sort: "-used.storage" });
  const list = useQuery(quotasQuery(state));
  return (
    <Page title={t("common:nav.quotas")} subtitle={t("quotas.subtitle")} actions={<DefaultLimit />}>
      <div className="minato-charts">
        <Growth answer={useQuery(growthQuery)} />
        <LargestProjects />
      </div>
      <DataTable
        id="quotas"
        label={t("common:nav.quotas")}
        columns={useColumns(setEditing)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ ref }) => ref.name}
        empty={<Empty title={t("quotas.none")}>{t("quotas.noneText")}</Empty>}
      />
      {editing && (
        <LimitDialog
          title={t("quotas.editTitle", { name: editing.ref.name })}
          description={t("quotas.editText")}
          bytes={editing.hard.storage}
          close={() => setEditing(null)}
          save={async (bytes) => {
            await setLimit(editing.id, bytes);
            queries.invalidateQueries({ queryKey: ["quotas"] });
            queries.invalidateQueries({ queryKey: ["projects", editing.ref.name] });
            notify.success(t("quotas.changed", { name: editing.ref.name }));
          }}
        />
      )}
    </Page>
  );
}

/** The limit that new projects get. */
function DefaultLimit() {
  const { t } = useTranslation(["admin", "common"]);
  const { bytes, exactBytes } = useFormat();
  const queries = useQueryClient();
  const notify = useNotify();
  const [editing, setEditing] = useState(false);
  const { data } = useQuery(configurationsQuery);
  const item = data?.storage_per_project;
  if (!item) return null;
  const limit = item.value ?? -1;
  const shown = limit < 0 ? t("common:unlimited") : bytes(limit);
  return (
    <Flex alignItems={{ default: "alignItemsCenter" }}>
      <span title={limit < 0 ? undefined : exactBytes(limit)}>{t("quotas.default", { limit: shown })}</span>
      {item.editable && (
        <Button variant="secondary" onClick={() => setEditing(true)}>
          {t("quotas.editDefault")}
        </Button>
      )}
      {editing && (
        <LimitDialog
          title={t("quotas.defaultTitle")}
          description={t("quotas.defaultText")}
          bytes={limit}
          close={() => setEditing(false)}
          save={async (value) => {
            await setDefaultLimit(value);
            queries.invalidateQueries({ queryKey: ["configurations"] });
            notify.success(t("quotas.defaultChanged"));
          }}
        />
      )}
    </Flex>
  );
}

/** From which part of a limit on a project is nearly full. */
const NEARLY = 0.9;

function Usage({ quota }: { quota: Quota }) {
  const { t } = useTranslation("admin");
  const { bytes, exactBytes, percent } = useFormat();
  const [used, hard] = [quota.used.storage, quota.hard.storage];
  const full = fullness(used, hard);
  if (full === null) return <Size bytes={used} />;
  return (
    <Progress
      size="sm"
      style={{ rowGap: "var(--pf-t--global--spacer--xs)" }}
      value={Math.min(100, full * 100)}
      label={percent(full)}
      title={
        <span title={`${exactBytes(used)} / ${exactBytes(hard)}`}>
          {t("quotas.usedOf", { used: bytes(used), limit: bytes(hard) })}
        </span>
      }
      variant={full >= 1 ? "danger" : full >= NEARLY ? "warning" : undefined}
      valueText={percent(full)}
    />
  );
}

function useColumns(edit: (quota: Quota) => void): Column<Quota>[] {
  const { t } = useTranslation(["admin", "common"]);
  const { bytes, exactBytes } = useFormat();
  return [
    {
      key: "project",
      label: t("quotas.project"),
      width: 25,
      render: ({ ref }) => (
        <Link to="/projects/$project/summary" params={{ project: ref.name }}>
          {ref.name}
        </Link>
      ),
    },
    { key: "owner", label: t("quotas.owner"), render: ({ ref }) => ref.owner_name },
    {
      key: "used",
      label: t("quotas.used"),
      sort: "used.storage",
      width: 30,
      render: (quota) => <Usage quota={quota} />,
    },
    {
      key: "limit",
      label: t("quotas.limit"),
      sort: "hard.storage",
      modifier: "nowrap",
      render: (quota) => (
        <Button
          variant="link"
          isInline
          icon={<PencilIcon />}
          iconPosition="end"
          aria-label={t("quotas.editOf", { name: quota.ref.name })}
          title={quota.hard.storage < 0 ? undefined : exactBytes(quota.hard.storage)}
          onClick={() => edit(quota)}
        >
          {quota.hard.storage < 0 ? t("common:unlimited") : bytes(quota.hard.storage)}
        </Button>
      ),
    },
    {
      key: "undo",
      label: t("quotas.undo"),
      modifier: "nowrap",
      render: ({ undo }) =>
        undo.storage > 0 ? <Size bytes={undo.storage} /> : <span className="minato-quiet">–</span>,
    },
    {
      key: "updated",
      label: t("common:updated"),
      sort: "update_time",
      hidden: true,
      render: ({ update_time }) => <Time value={update_time} />,
    },
  ];
}
