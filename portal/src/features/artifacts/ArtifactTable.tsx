/** The artifacts of a repository. */

import { DropdownItem, DropdownList, ToolbarItem } from "@patternfly/react-core";
import CubesIcon from "@patternfly/react-icons/dist/esm/icons/cubes-icon";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { PushCommands } from "~/features/repositories/PushCommands";
import { DataTable } from "~/ui/DataTable";
import { type Filter, useListState } from "~/ui/list-state";
import { Menu } from "~/ui/Menu";
import { Steady } from "~/ui/Steady";
import { Empty } from "~/ui/states";
import { type ArtifactActions, useArtifactActions } from "./actions";
import { useArtifactColumns } from "./columns";
import { artifactQ, exclusive, FILTERS } from "./filter";
import { KINDS, nameOf, overviewOf, referenceOf } from "./kind";
import { type Artifact, artifactsQuery, attachableLabelsQuery, isScanning, type Place } from "./queries";

export function ArtifactTable({ place }: { place: Place }) {
  const { t } = useTranslation("artifacts");
  const can = useCan(place.project);
  const [selected, setSelected] = useState<Artifact[]>([]);
  const filters = useFilters(place);
  const listState = useListState(FILTERS);
  const state = useMemo(() => exclusive(listState), [listState]);
  const list = useQuery(artifactsQuery(place, { ...state.query, q: artifactQ(state.filters) }));
  const isScanned = Boolean(list.data?.items.some((artifact) => overviewOf(artifact)));
  const actions = useArtifactActions(place, (gone) =>
    setSelected((before) => before.filter(({ id }) => !gone.some((one) => one.id === id))),
  );
  return (
    <>
      <DataTable
        id="artifacts"
        label={t("title")}
        columns={useArtifactColumns(place, actions.hasScanner || isScanned)}
        list={list}
        state={state}
        filters={filters}
        rowKey={({ id }) => id}
        rowName={(artifact) => nameOf(place.repository, referenceOf(artifact))}
        selection={{ rows: selected, change: setSelected }}
        actions={actions.of}
        toolbar={<Bulk place={place} shown={list.data?.items ?? []} selected={selected} actions={actions} />}
        empty={
          <>
            <Empty title={t("empty.title")} icon={CubesIcon}>
              {t(can("repository", "push") ? "empty.push" : "empty.ask")}
            </Empty>
            {can("repository", "push") && (
              <PushCommands project={place.project} repository={place.repository} isCentred />
            )}
          </>
        }
      />
      {actions.dialogs}
    </>
  );
}

function useFilters({ project }: Place): Filter[] {
  const { t } = useTranslation("artifacts");
  const { data } = useQuery(projectQuery(project));
  const { data: labels } = useQuery({
    ...attachableLabelsQuery(data?.project_id ?? 0, ""),
    enabled: data !== undefined,
  });
  return useMemo(
    () => [
      { key: "text", label: t("filter.text") },
      {
        key: "type",
        label: t("filter.type"),
        options: KINDS.map((value) => ({ value, label: t(`type.${value}`) })),
      },
      {
        key: "tagged",
        label: t("filter.tagged"),
        options: [
          { value: "yes", label: t("filter.withTags") },
          { value: "no", label: t("untagged") },
        ],
      },
      ...(labels?.length
        ? [
            {
              key: "label",
              label: t("filter.label"),
              options: labels.map(({ id, name }) => ({ value: String(id), label: name ?? "" })),
            },
          ]
        : []),
    ],
    [t, labels],
  );
}

/** For so many the text of the menu's button is about as long as it gets. */
const MANY = [0, 1, 100];

/** What is done with all that is selected. */
function Bulk({
  place,
  shown,
  selected,
  actions,
}: {
  place: Place;
  shown: Artifact[];
  selected: Artifact[];
  actions: ArtifactActions;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const count = selected.length;
  // As they are now, which changes while they are selected.
  const scanning = shown.filter((one) => isScanning(one) && selected.some(({ id }) => id === one.id));
  return (
    <ToolbarItem>
      <Menu
        button={{
          isDisabled: count === 0,
          children: (
            <Steady
              text={t("selected", { count })}
              others={MANY.map((many) => t("selected", { count: many }))}
            />
          ),
        }}
      >
        <DropdownList>
          <DropdownItem onClick={() => actions.copyDigests(selected)}>
            {t("copy.digestsAction", { count })}
          </DropdownItem>
          {can("artifact-label", "create") && (
            <DropdownItem onClick={() => actions.open("labels", selected)}>{t("labels.add")}</DropdownItem>
          )}
          {actions.hasScanner && can("scan", "create") && (
            <DropdownItem onClick={() => actions.scan(selected)}>{t("scan.now")}</DropdownItem>
          )}
          {scanning.length > 0 && can("scan", "stop") && (
            <DropdownItem onClick={() => actions.stopScans(scanning)}>
              {t("scan.stopSeveral", { count: scanning.length })}
            </DropdownItem>
          )}
          {can("artifact", "delete") && (
            <DropdownItem isDanger onClick={() => actions.open("delete", selected)}>
              {t("common:delete")}
            </DropdownItem>
          )}
        </DropdownList>
      </Menu>
    </ToolbarItem>
  );
}
