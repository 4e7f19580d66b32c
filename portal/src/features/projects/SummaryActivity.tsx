/** What happens in a project: pushes and pulls of two weeks, and what was done last. */

import { Card, CardBody, CardTitle, Label } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "~/features/audit/words";
import { Time, useFormat } from "~/ui/format";
import { Failed, Loading } from "~/ui/states";
import { type Activity, perDay } from "./activity";
import { activityQuery, recentQuery } from "./summary-queries";

const Chart = lazy(() => import("~/ui/Chart"));
const HEIGHT = 220;

export function SummaryActivity({ project }: { project: string }) {
  const { t } = useTranslation("projects");
  const { number } = useFormat();
  const { data, error, refetch } = useQuery(activityQuery(project));
  const activity = useMemo(() => data && perDay(data.pushes, data.pulls, new Date()), [data]);
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("summary.activity")}</CardTitle>
      <CardBody style={{ display: "flex", flexDirection: "column" }}>
        {error ? <Failed error={error} retry={refetch} /> : !data && <Loading />}
        {data && activity && (
          <>
            <p>
              {t("summary.pushesAndPulls", {
                pushes: number(data.pushes.total),
                pulls: number(data.pulls.total),
              })}
            </p>
            <Days activity={activity} />
          </>
        )}
      </CardBody>
    </Card>
  );
}

function Days({ activity: { days, partial } }: { activity: Activity }) {
  const { t } = useTranslation("projects");
  const { language, list } = useFormat();
  const names = useMemo(() => {
    const format = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
    return days.map(({ day }) => format.format(day));
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
  const told = days.map(({ pushes, pulls }, index) =>
    t("summary.ofDay", { day: names[index], pushes, pulls }),
  );
  return (
    <>
      {/* It takes the height that the card beside it leaves. */}
      <div style={{ position: "relative", flex: `1 0 ${HEIGHT}px` }}>
        <div style={{ position: "absolute", inset: 0 }}>
          <Suspense>
            <Chart option={option} label={list(told)} height="100%" />
          </Suspense>
        </div>
      </div>
      {partial && <p className="minato-quiet">{t("summary.partial", { day: names[0] })}</p>}
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
        {shortResource(entry.resource, entry.project) || words.resource(entry.resource_type)}{" "}
        <span className="minato-quiet">{entry.username}</span>
      </span>
      <span className="minato-quiet" style={{ whiteSpace: "nowrap" }}>
        <Time value={entry.op_time} />
      </span>
    </li>
  );
}
