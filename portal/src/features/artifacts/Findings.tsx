/** The vulnerabilities of a report, as a table. */

import { Label } from "@patternfly/react-core";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { type Column, DataTable } from "~/ui/DataTable";
import { useFormat } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Empty } from "~/ui/states";
import { systemAllowlistQuery } from "./queries";
import { SeverityText } from "./ScanSummary";
import { allowed, linksOf, pageOf, SEVERITIES, scoreOf, type Vulnerability } from "./vulnerabilities";

const VulnerabilityDetails = lazy(() => import("./VulnerabilityDetails"));

export function Findings({
  passes,
  found,
  scanner,
}: {
  passes: Set<string>;
  found: Vulnerability[];
  scanner: string | null | undefined;
}) {
  const { t } = useTranslation("artifacts");
  const [shown, setShown] = useState<Vulnerability | null>(null);
  const filters = useFilters();
  const state = useListState(filters);
  const page = useMemo(() => pageOf(found, state), [found, state]);
  return (
    <>
      <DataTable
        id="vulnerabilities"
        label={t("vulnerabilities")}
        columns={useColumns(passes, setShown)}
        list={{ data: page, error: null, refetch: () => {} }}
        state={state}
        filters={filters}
        rowKey={(row) => found.indexOf(row)}
        rowName={({ id }) => id}
        empty={
          <Empty title={t("scan.clean")} icon={CheckCircleIcon}>
            {scanner ? t("scan.cleanHelp", { scanner }) : t("scan.cleanAnonymous")}
          </Empty>
        }
      />
      {shown && (
        <Suspense>
          <VulnerabilityDetails vulnerability={shown} close={() => setShown(null)} />
        </Suspense>
      )}
    </>
  );
}

/** The vulnerabilities that the project's own or the system's allowlist lets pass. */
export function useAllowed(name: string): Set<string> {
  const user = useCurrentUser();
  const { data: project } = useQuery(projectQuery(name));
  const hasOwn = project?.metadata.reuse_sys_cve_allowlist === "false";
  const { data: ofSystem } = useQuery({
    ...systemAllowlistQuery,
    enabled: Boolean(user && project && !hasOwn),
  });
  const list = hasOwn ? project?.cve_allowlist : ofSystem;
  return useMemo(() => allowed(list, Date.now()), [list]);
}

function useFilters() {
  const { t } = useTranslation("artifacts");
  return useMemo(
    () => [
      { key: "vulnerability", label: t("vulnerability.filter") },
      {
        key: "severity",
        label: t("severity.title"),
        options: SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) })),
      },
      {
        key: "fix",
        label: t("vulnerability.fix"),
        options: [
          { value: "yes", label: t("vulnerability.fixYes") },
          { value: "no", label: t("vulnerability.fixNo") },
        ],
      },
    ],
    [t],
  );
}

/** A vulnerability's name; a link to where it is described, if the report tells. */
function Id({ vulnerability, passes }: { vulnerability: Vulnerability; passes: boolean }) {
  const { t } = useTranslation("artifacts");
  const link = linksOf(vulnerability)[0];
  return (
    <>
      {link ? (
        <a href={link} target="_blank" rel="noopener noreferrer nofollow" style={{ whiteSpace: "nowrap" }}>
          {vulnerability.id}
        </a>
      ) : (
        vulnerability.id
      )}
      {passes && (
        <div>
          <Label isCompact color="purple" title={t("vulnerability.allowedHelp")}>
            {t("vulnerability.allowed")}
          </Label>
        </div>
      )}
    </>
  );
}

/** How it is described, on one line; all of it is shown by a click. */
function Description({
  vulnerability,
  show,
}: {
  vulnerability: Vulnerability;
  show: (vulnerability: Vulnerability) => void;
}) {
  const { t } = useTranslation("artifacts");
  return (
    <button
      type="button"
      className="pf-v6-c-button pf-m-link pf-m-inline"
      onClick={() => show(vulnerability)}
      aria-label={t("vulnerability.about", { id: vulnerability.id })}
      style={{
        display: "block",
        inlineSize: "100%",
        overflow: "hidden",
        textAlign: "start",
        textOverflow: "ellipsis",
        whiteSpace: "nowrap",
      }}
    >
      {vulnerability.description || t("vulnerability.details")}
    </button>
  );
}

function useColumns(
  passes: Set<string>,
  show: (vulnerability: Vulnerability) => void,
): Column<Vulnerability>[] {
  const { t } = useTranslation("artifacts");
  const { number } = useFormat();
  return [
    {
      key: "id",
      label: t("vulnerability.id"),
      sort: "id",
      render: (row) => <Id vulnerability={row} passes={passes.has(row.id)} />,
    },
    {
      key: "severity",
      label: t("severity.title"),
      sort: "severity",
      render: ({ severity }) => <SeverityText severity={severity} />,
    },
    {
      key: "score",
      label: t("vulnerability.score"),
      sort: "score",
      render: (row) => {
        const score = scoreOf(row);
        return score === null ? null : number(score);
      },
    },
    {
      key: "package",
      label: t("vulnerability.package"),
      sort: "package",
      modifier: "breakWord",
      render: (row) => row.package,
    },
    {
      key: "version",
      label: t("vulnerability.version"),
      modifier: "breakWord",
      render: ({ version }) => <code>{version}</code>,
    },
    {
      key: "fixed",
      label: t("vulnerability.fixed"),
      modifier: "breakWord",
      render: ({ fix_version: fixed }) =>
        fixed ? <code>{fixed}</code> : <span className="minato-quiet">{t("vulnerability.noFix")}</span>,
    },
    {
      key: "description",
      label: t("vulnerability.description"),
      width: 30,
      modifier: "truncate",
      render: (row) => <Description vulnerability={row} show={show} />,
    },
  ];
}
