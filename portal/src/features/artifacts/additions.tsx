/** The parts of an artifact that are lists: build steps, charts it needs, files, packages. */

import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size, Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Empty } from "~/ui/states";
import { dependenciesOf, filesOf, historyOf, type ModelFile, type Packages, packagesOf } from "./attributes";
import { Source } from "./source";

export function History({ json }: { json: string }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { compact } = usePreferences();
  const steps = useMemo(() => historyOf(json), [json]);
  if (steps.length === 0) return <Empty title={t("history.none")} />;
  return (
    <Table aria-label={t("history.title")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th modifier="fitContent">{t("history.step")}</Th>
          <Th>{t("history.command")}</Th>
          <Th modifier="nowrap">{t("common:created")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {steps.map(({ created, command, comment, isEmpty }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name and never change
          <Tr key={index}>
            <Td dataLabel={t("history.step")}>{index + 1}</Td>
            <Td dataLabel={t("history.command")} modifier="breakWord">
              {command ? (
                <code style={{ whiteSpace: "pre-wrap" }}>{command}</code>
              ) : (
                <span className="minato-quiet">{t("history.unnamed")}</span>
              )}
              <div className="minato-quiet">
                {[isEmpty ? t("history.noLayer") : "", comment].filter(Boolean).join(" · ")}
              </div>
            </Td>
            <Td dataLabel={t("common:created")} modifier="nowrap">
              <Time value={created} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

export function Dependencies({ json }: { json: string }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { compact } = usePreferences();
  const needed = useMemo(() => dependenciesOf(json), [json]);
  if (needed.length === 0) return <Empty title={t("addition.noDependencies")} />;
  return (
    <Table aria-label={t("addition.dependencies")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th>{t("common:name")}</Th>
          <Th>{t("addition.version")}</Th>
          <Th>{t("addition.repository")}</Th>
          <Th>{t("addition.condition")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {needed.map(({ name, version, repository, condition }) => (
          <Tr key={`${name} ${version} ${repository}`}>
            <Td dataLabel={t("common:name")}>{name}</Td>
            <Td dataLabel={t("addition.version")}>{version}</Td>
            <Td dataLabel={t("addition.repository")}>{repository}</Td>
            <Td dataLabel={t("addition.condition")}>{condition && <code>{condition}</code>}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** A list that came whole: filtered by a name and paged here. */
function useWhole<T>(all: T[], nameOf: (row: T) => string) {
  const { t } = useTranslation("artifacts");
  const filters = useMemo(() => [{ key: "name", label: t("addition.filter") }], [t]);
  const state = useListState(filters);
  const wanted = state.filters.name?.toLowerCase() ?? "";
  const found = all.filter((row) => nameOf(row).toLowerCase().includes(wanted));
  const items = found.slice((state.page - 1) * state.pageSize, state.page * state.pageSize);
  const list = { data: { items, total: found.length }, error: null, refetch: () => {} };
  return { filters, state, list };
}

export function Files({ json }: { json: string }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const files = useMemo(() => filesOf(json), [json]);
  const columns: Column<ModelFile>[] = [
    {
      key: "path",
      label: t("addition.path"),
      modifier: "breakWord",
      render: ({ path }) => <code>{path}</code>,
    },
    {
      key: "size",
      label: t("common:size"),
      modifier: "nowrap",
      render: ({ size }) => <Size bytes={size} />,
    },
  ];
  return (
    <DataTable
      id="files"
      label={t("addition.files")}
      columns={columns}
      {...useWhole(files, ({ path }) => path)}
      rowKey={({ path }) => path}
      rowName={({ path }) => path}
      empty={<Empty title={t("addition.noFiles")} />}
    />
  );
}

/** A bill of materials: its packages if it is of the form that is known, else as it was written. */
export function Bom({ json }: { json: string }) {
  const { t } = useTranslation("artifacts");
  const bom = useMemo(() => packagesOf(json), [json]);
  if (!bom) return <Source text={json} label={t("addition.sbom")} />;
  return <BomPackages packages={bom.packages} />;
}

type Package = Packages["packages"][number];

function BomPackages({ packages }: { packages: Package[] }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const columns: Column<Package>[] = [
    { key: "name", label: t("common:name"), modifier: "breakWord", render: ({ name }) => name },
    { key: "version", label: t("addition.version"), render: ({ version }) => version },
    {
      key: "license",
      label: t("addition.licenseOf"),
      modifier: "breakWord",
      render: ({ license }) => license,
    },
  ];
  return (
    <DataTable
      id="packages"
      label={t("addition.sbom")}
      columns={columns}
      {...useWhole(packages, ({ name }) => name)}
      rowKey={(row) => packages.indexOf(row)}
      rowName={({ name }) => name}
      empty={<Empty title={t("addition.missing")} />}
    />
  );
}
