/** What a webhook told, newest first, and telling it again. */

import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { Time, useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Status } from "~/ui/Status";
import { Empty } from "~/ui/states";
import { useRefresh } from "./dialogs";
import { useEventName } from "./events";
import { contentOf, type Delivery, deliveriesQuery, redeliver } from "./queries";

const DeliveryDialog = lazy(() => import("./DeliveryDialog"));

const STATES = ["Success", "Error", "Running", "Pending", "Stopped"] as const;

/** Which delivery is open: kept in the address, so that it can be shown to others. */
function useOpen(): [number | null, (id: number | undefined) => void] {
  const { delivery } = useSearch({ strict: false }) as { delivery?: unknown };
  const navigate = useNavigate();
  const open = (id: number | undefined) => {
    const search = (before: Record<string, unknown>) => ({ ...before, delivery: id });
    navigate({ to: ".", search: search as never, resetScroll: false });
  };
  return [Number(delivery) || null, open];
}

export function useRedeliver(project: string, policy: number) {
  const { t } = useTranslation("webhooks");
  const notify = useNotify();
  const refresh = useRefresh(project);
  return async (delivery: number) => {
    try {
      await redeliver(project, policy, delivery);
      notify.success(t("deliveries.again.done"));
    } catch (error) {
      notify.failure(error);
    }
    refresh();
  };
}

export function Deliveries({ project, policy }: { project: string; policy: number }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const can = useCan(project);
  const [open, setOpen] = useOpen();
  const filters = useMemo(
    () => [
      {
        key: "status",
        label: t("common:state"),
        options: STATES.map((value) => ({ value, label: t(`common:status.${value}`) })),
      },
    ],
    [t],
  );
  const state = useListState(filters);
  const list = useQuery(deliveriesQuery(project, policy, state));
  const again = useRedeliver(project, policy);
  const mayRedeliver = can("notification-policy", "update");
  return (
    <>
      <DataTable
        id="deliveries"
        label={t("deliveries.title")}
        columns={useColumns(setOpen)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ id }) => String(id)}
        actions={
          mayRedeliver
            ? ({ id }) => [{ title: t("deliveries.again.action"), onClick: () => again(id) }]
            : undefined
        }
        empty={<Empty title={t("deliveries.empty.title")}>{t("deliveries.empty.text")}</Empty>}
      />
      {open !== null && (
        <Suspense>
          <DeliveryDialog
            project={project}
            policy={policy}
            id={open}
            delivery={list.data?.items.find(({ id }) => id === open)}
            redeliver={mayRedeliver ? () => again(open) : undefined}
            close={() => setOpen(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

function useColumns(open: (id: number) => void): Column<Delivery>[] {
  const { t } = useTranslation(["webhooks", "common"]);
  const nameOf = useEventName();
  const { duration } = useFormat();
  return [
    {
      key: "id",
      label: t("deliveries.id"),
      sort: "id",
      width: 10,
      render: ({ id }) => (
        <Button variant="link" isInline onClick={() => open(id)}>
          {id}
        </Button>
      ),
    },
    { key: "state", label: t("common:state"), render: ({ status }) => <Status value={status} /> },
    {
      key: "event",
      label: t("deliveries.event"),
      width: 20,
      render: (delivery) => nameOf(contentOf(delivery).event),
    },
    {
      key: "message",
      label: t("deliveries.message"),
      width: 25,
      modifier: "truncate",
      render: ({ status_message }) => <span title={status_message}>{status_message || "–"}</span>,
    },
    {
      key: "started",
      label: t("common:started"),
      modifier: "nowrap",
      render: ({ start_time }) => <Time value={start_time} />,
    },
    {
      key: "duration",
      label: t("common:duration"),
      modifier: "nowrap",
      render: ({ start_time, end_time }) =>
        end_time ? duration(new Date(end_time).getTime() - new Date(start_time).getTime()) : "–",
    },
  ];
}
