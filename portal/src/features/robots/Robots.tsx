/** A table of robots, and all that can be done with them. */

import { Button, ToolbarItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { DataTable } from "~/ui/DataTable";
import { useListChanges } from "~/ui/list-changes";
import { useListState } from "~/ui/list-state";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { useColumns } from "./columns";
import { type Robot, robotsQuery } from "./queries";
import { type Open, RobotDialogs } from "./RobotDialogs";

export interface May {
  create: boolean;
  update: boolean;
  delete: boolean;
}

export function Robots({ project, may }: { project: { id: number; name: string } | null; may: May }) {
  const { t } = useTranslation(["robots", "common"]);
  const [open, setOpen] = useState<Open | null>(null);
  const { selected, setSelected, deleted } = useListChanges(["robots"], ({ id }: Robot) => id);
  const filters = useFilters();
  const state = useListState(filters, { sort: "name" });
  const list = useQuery(robotsQuery(project?.id ?? null, state));
  const create = may.create && <Button onClick={() => setOpen({ kind: "edit" })}>{t("new.title")}</Button>;
  const actions = useActions(may, setOpen);
  return (
    <>
      <DataTable
        id={project ? "project-robots" : "robots"}
        label={t("common:nav.robots")}
        columns={useColumns(project ? "project" : "system", may.create)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        selection={may.delete ? { rows: selected, change: setSelected } : undefined}
        actions={may.update || may.delete ? actions : undefined}
        toolbar={
          <>
            {create && <ToolbarItem>{create}</ToolbarItem>}
            {may.delete && (
              <BulkButton
                label={t("common:delete")}
                count={selected.length}
                onClick={() => setOpen({ kind: "delete", robots: selected })}
              />
            )}
          </>
        }
        empty={
          <Empty title={t("empty.title")} actions={create}>
            {t(project ? "empty.project" : "empty.system")}
          </Empty>
        }
      />
      <RobotDialogs project={project?.name ?? null} open={open} setOpen={setOpen} deleted={deleted} />
    </>
  );
}

function useFilters() {
  const { t } = useTranslation(["robots", "common"]);
  return useMemo(
    () => [
      { key: "name", label: t("filterByName") },
      {
        key: "disabled",
        label: t("common:state"),
        options: [
          { value: "false", label: t("common:enabled") },
          { value: "true", label: t("common:disabled") },
        ],
      },
    ],
    [t],
  );
}

function useActions(may: May, setOpen: (open: Open) => void) {
  const { t } = useTranslation(["robots", "common"]);
  return (robot: Robot) => [
    ...(may.update && robot.editable
      ? [
          { title: t("common:edit"), onClick: () => setOpen({ kind: "edit", robot }) },
          { title: t("renew.action"), onClick: () => setOpen({ kind: "renew", robot }) },
          {
            title: t(robot.disable ? "common:enable" : "common:disable"),
            onClick: () => setOpen({ kind: "switch", robot }),
          },
        ]
      : []),
    ...(may.delete
      ? [{ title: t("common:delete"), onClick: () => setOpen({ kind: "delete", robots: [robot] }) }]
      : []),
  ];
}
