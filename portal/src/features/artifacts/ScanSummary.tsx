/** What a scan found, in a cell: how many of each severity, or how far it is. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { isLive, Status } from "~/ui/Status";
import { overviewOf } from "./kind";
import type { Artifact, Place } from "./queries";
import { asSeverity, SEVERITIES, type Severity } from "./vulnerabilities";

/** PatternFly's names for how bad something is. */
const TOKENS: Record<Severity, string> = {
  Critical: "critical",
  High: "important",
  Medium: "moderate",
  Low: "none",
  Negligible: "minor",
  Unknown: "undefined",
  None: "undefined",
};

/** The custom property that holds a severity's colour in the theme of now. */
export function colourToken(severity: Severity): string {
  return `--pf-t--global--icon--color--severity--${TOKENS[severity]}--default`;
}

export function SeverityMark({ severity }: { severity: Severity }) {
  return (
    <span
      aria-hidden="true"
      style={{
        display: "inline-block",
        inlineSize: "0.7em",
        blockSize: "0.7em",
        marginInlineEnd: "0.35em",
        borderRadius: "2px",
        background: `var(${colourToken(severity)})`,
      }}
    />
  );
}

/** A severity's name with its colour beside it. */
export function SeverityText({ severity }: { severity: Severity }) {
  const { t } = useTranslation("artifacts");
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      <SeverityMark severity={severity} />
      {t(`severity.${severity}`)}
    </span>
  );
}

export function ScanSummary({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const overview = overviewOf(artifact);
  if (!overview) return <span className="minato-quiet">{t("scan.not")}</span>;
  return (
    <Link
      to="/projects/$project/repositories/$repository/artifacts/$reference"
      params={{ ...place, reference: artifact.digest }}
      search={{ tab: "vulnerabilities" }}
      style={{ textDecoration: "none" }}
    >
      {overview.scan_status === "Success" || (isLive(overview.scan_status) && overview.summary) ? (
        <Counts summary={overview.summary} />
      ) : (
        <Status value={overview.scan_status} />
      )}
    </Link>
  );
}

/** How many severities are told apart in a cell; all of them on hover. */
const SHOWN = 2;

function Counts({ summary }: { summary: NonNullable<ReturnType<typeof overviewOf>>["summary"] }) {
  const { t } = useTranslation("artifacts");
  const { number, figures } = useFormat();
  const found = Object.entries(summary?.summary ?? {})
    .map(([name, count]) => ({ severity: asSeverity(name), count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  if (found.length === 0) return <>{t("scan.nothing")}</>;
  const told = found.map(({ severity, count }) =>
    t("scan.chartPart", { severity: t(`severity.${severity}`), count }),
  );
  return (
    <span title={figures(told)} style={{ whiteSpace: "nowrap" }}>
      {found.slice(0, SHOWN).map(({ severity, count }) => (
        <span key={severity} style={{ marginInlineEnd: "0.6em" }}>
          <SeverityMark severity={severity} />
          <span className="pf-v6-screen-reader">{t(`severity.${severity}`)}</span>
          {number(count)}
        </span>
      ))}
      <span className="pf-v6-screen-reader">{t("scan.inAll", { number: number(summary?.total ?? 0) })}</span>
    </span>
  );
}
