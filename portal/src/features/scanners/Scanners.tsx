/** The scanners that the registry knows. */

import { Button, Flex, Label, ToolbarItem } from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { Health, Product } from "./Health";
import { MetadataDialog } from "./MetadataDialog";
import {
  deleteScanner,
  requestOf,
  type Scanner,
  scannersQuery,
  setDefaultScanner,
  updateScanner,
} from "./queries";
import { ScannerDialog } from "./ScannerDialog";

type Open = { kind: "new" } | { kind: "edit" | "delete" | "metadata"; scanner: Scanner };

export function Scanners() {
  const { t } = useTranslation(["scanners", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [open, setOpen] = useState<Open | null>(null);
  const filters = useMemo(() => [{ key: "name", label: t("filter") }], [t]);
  const state = useListState(filters);
  const list = useQuery(scannersQuery(state));
  const done = (message: string) => {
    queries.invalidateQueries({ queryKey: ["scanners"] });
    queries.invalidateQueries({ queryKey: ["projects"] });
    notify.success(message);
  };
  const attempt = async (call: Promise<unknown>, message: string) => {
    try {
      await call;
      done(message);
    } catch (error) {
      notify.failure(error);
    }
  };
  const add = <Button onClick={() => setOpen({ kind: "new" })}>{t("new")}</Button>;
  const close = () => setOpen(null);
  return (
    <>
      <DataTable
        id="scanners"
        label={t("common:nav.scanners")}
        columns={useColumns()}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ uuid }) => uuid}
        rowName={({ name }) => name}
        actions={useActions(setOpen, attempt)}
        toolbar={<ToolbarItem>{add}</ToolbarItem>}
        empty={
          <Empty title={t("none")} actions={add}>
            {t("noneText")}
          </Empty>
        }
      />
      {open?.kind === "new" && <ScannerDialog close={close} done={done} />}
      {open?.kind === "edit" && <ScannerDialog scanner={open.scanner} close={close} done={done} />}
      {open?.kind === "metadata" && <MetadataDialog scanner={open.scanner} close={close} />}
      {open?.kind === "delete" && <DeleteScanner scanner={open.scanner} close={close} done={done} />}
    </>
  );
}

function useActions(
  open: (what: Open) => void,
  attempt: (call: Promise<unknown>, message: string) => Promise<void>,
) {
  const { t } = useTranslation(["scanners", "common"]);
  return (scanner: Scanner): IAction[] => {
    const { uuid, name, is_default, disabled } = scanner;
    const turn = () =>
      attempt(
        updateScanner(uuid, { ...requestOf(scanner), disabled: !disabled }),
        t(disabled ? "enabledDone" : "disabledDone", { name }),
      );
    return [
      { title: t("common:edit"), onClick: () => open({ kind: "edit", scanner }) },
      { title: t("metadata.title"), onClick: () => open({ kind: "metadata", scanner }) },
      ...(!is_default && !disabled
        ? [
            {
              title: t("makeDefault"),
              onClick: () => void attempt(setDefaultScanner(uuid), t("defaultDone", { name })),
            },
          ]
        : []),
      // The default one can't be disabled: there would be none.
      ...(is_default ? [] : [{ title: t(disabled ? "common:enable" : "common:disable"), onClick: turn }]),
      { isSeparator: true },
      { title: t("common:delete"), onClick: () => open({ kind: "delete", scanner }) },
    ];
  };
}

function DeleteScanner({
  scanner,
  close,
  done,
}: {
  scanner: Scanner;
  close: () => void;
  done: (message: string) => void;
}) {
  const { t } = useTranslation(["scanners", "common"]);
  return (
    <ConfirmDialog
      title={t("delete.title", { name: scanner.name })}
      confirm={t("common:delete")}
      close={close}
      action={async () => {
        await deleteScanner(scanner.uuid);
        done(t("delete.done", { name: scanner.name }));
      }}
    >
      {t(scanner.is_default ? "delete.textDefault" : "delete.text")}
    </ConfirmDialog>
  );
}

function useColumns(): Column<Scanner>[] {
  const { t } = useTranslation(["scanners", "common"]);
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 25,
      render: ({ name, description, is_default }) => (
        <>
          <Flex gap={{ default: "gapSm" }}>
            {name}
            {is_default && (
              <Label isCompact color="blue">
                {t("default")}
              </Label>
            )}
          </Flex>
          {description && <div className="minato-quiet">{description}</div>}
        </>
      ),
    },
    {
      key: "url",
      label: t("url"),
      sort: "url",
      modifier: "breakWord",
      render: ({ url }) => <code>{url}</code>,
    },
    {
      key: "health",
      label: t("health.label"),
      modifier: "nowrap",
      render: (scanner) => <Health scanner={scanner} />,
    },
    { key: "product", label: t("product"), render: (scanner) => <Product scanner={scanner} /> },
    {
      key: "auth",
      label: t("auth.label"),
      hidden: true,
      render: ({ auth }) => auth || t("common:none"),
    },
    {
      key: "created",
      label: t("common:created"),
      sort: "create_time",
      modifier: "nowrap",
      render: ({ create_time }) => <Time value={create_time} />,
    },
  ];
}
