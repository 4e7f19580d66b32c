/** What happens in a project: pushes and pulls by the day, and what was done last. */

import { Card, CardBody, CardHeader, CardTitle, Label } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { useWords } from "~/features/audit/words";
import { Time, useFormat } from "~/ui/format";
import { type Range, RangeToggle } from "~/ui/Range";
import { Failed, Loading } from "~/ui/states";
import { activityQuery, MOST_DAYS, recentQuery } from "./summary-queries";

const Chart = lazy(() => import("~/ui/Chart"));
const HEIGHT = 220;

/** Weeks and months: what happened on single days of a year is too thin to be seen. */
const RANGES: Range[] = [
  { count: 14, unit: "day" },
  { count: 30, unit: "day" },
  { count: MOST_DAYS, unit: "day" },
];

export function SummaryActivity({ project }: { project: string }) {
  const { t } = useTranslation(["projects", "common"]);
  const [range, setRange] = useState(RANGES[0] as Range);
  const { data, error, refetch } = useQuery(activityQuery(project));
  const days = useMemo(() => data?.slice(-range.count), [data, range]);
  return (
    <Card isCompact isFullHeight>
      <CardHeader
        actions={{
          actions: (
            <RangeToggle label={t("common:growth.range")} ranges={RANGES} range={range} choose={setRange} />
          ),
          hasNoOffset: true,
        }}
      >
        <CardTitle component="h2">{t("summary.activity")}</CardTitle>
      </CardHeader>
      <CardBody style={{ display: "flex", flexDirection: "column" }}>
        {error ? <Failed error={error} retry={refetch} /> : !days && <Loading />}
        {days && <Days days={days} />}
      </CardBody>
    </Card>
  );
}

function Days({ days }: { days: Schemas["ActivityOfDay"][] }) {
  const { t } = useTranslation("projects");
  const { language, figures, number } = useFormat();
  const names = useMemo(() => {
    const format = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
    return days.map(({ time }) => format.format(Date.parse(time)));
  }, [days, language]);
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { renderMode: "richText", trigger: "axis" },
      xAxis: { type: "category", data: names },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        { name: t("summary.pushes"), type: "bar", barMaxWidth: 14, data: days.map(({ pushes }) => pushes) },
        { name: t("summary.pulls"), type: "bar", barMaxWidth: 14, data: days.map(({ pulls }) => pulls) },
      ],
    }),
    [days, names, t],
  );
  const told = days.flatMap(({ pushes, pulls }, index) =>
    pushes || pulls ? [t("summary.ofDay", { day: names[index], pushes, pulls })] : [],
  );
  const sum = {
    pushes: number(days.reduce((all, { pushes }) => all + pushes, 0)),
    pulls: number(days.reduce((all, { pulls }) => all + pulls, 0)),
  };
  return (
    <>
      <p>{t("summary.pushesAndPulls", sum)}</p>
      {/* It takes the height that the card beside it leaves. */}
      <div style={{ position: "relative", flex: `1 0 ${HEIGHT}px` }}>
        <div style={{ position: "absolute", inset: 0 }}>
          <Suspense>
            <Chart option={option} label={figures(told) || t("summary.pushesAndPulls", sum)} height="100%" />
          </Suspense>
        </div>
      </div>
    </>
  );
}

export function SummaryRecent({ project }: { project: string }) {
  const { t } = useTranslation("projects");
  const { data, error, refetch } = useQuery(recentQuery(project));
  const address: string = `/projects/${encodeURIComponent(project)}/audit-log`;
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("summary.recent")}</CardTitle>
      <CardBody>
        {error ? <Failed error={error} retry={refetch} /> : !data && <Loading />}
        {data?.length === 0 && <p className="minato-quiet">{t("summary.nothingRecent")}</p>}
        <ul style={{ listStyle: "none", padding: 0 }}>
          {data?.map((entry) => (
            <Event key={entry.id} project={project} {...entry} />
          ))}
        </ul>
        <Link to={address}>{t("summary.toLog")}</Link>
      </CardBody>
    </Card>
  );
}

/** A resource without the project that it is in, and with as much of a digest as tells it. */
function shortResource(resource: string, project: string): string {
  const short = resource.startsWith(`${project}/`) ? resource.slice(project.length + 1) : resource;
  return short.replace(/([:@]sha\d+[:-][0-9a-f]{12})[0-9a-f]+/, "$1…");
}

function Event(entry: {
  project: string;
  op_time: string;
  username: string;
  operation: string;
  resource: string;
  resource_type: string;
  operation_result: boolean;
}) {
  const { t } = useTranslation("audit");
  const words = useWords();
  return (
    <li style={{ display: "flex", gap: "0.5rem", marginBlockEnd: "var(--pf-t--global--spacer--xs)" }}>
      <span>
        <Label isCompact color={entry.operation_result ? "grey" : "red"}>
          {words.operation(entry.operation)}
          {!entry.operation_result && ` · ${t("failed")}`}
        </Label>
      </span>
      <span style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }} title={entry.resource}>
        <span className="minato-quiet">{words.resource(entry.resource_type)}</span>{" "}
        {shortResource(entry.resource, entry.project)} <span className="minato-quiet">{entry.username}</span>
      </span>
      <span className="minato-quiet" style={{ whiteSpace: "nowrap" }}>
        <Time value={entry.op_time} />
      </span>
    </li>
  );
}
