/** A chart of the projects that store the most, with what their deletions could give back. */

import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { byteAxis } from "~/ui/byte-axis";
import { useFormat } from "~/ui/format";
import { largestQuery, type Quota } from "./queries";

const Chart = lazy(() => import("~/ui/Chart"));

/** Height of a bar with its gap, and of what stands around all. */
const ROW = 30;
const AROUND = 64;

/** How much of a name stands beside its bar, in pixels; all of it is in what the bar tells on hover. */
const NAME = 140;

export function LargestProjects() {
  const { t } = useTranslation("admin");
  const { bytes, figures, language } = useFormat();
  const { data } = useQuery(largestQuery);
  const quotas = useMemo(
    () => (data?.items ?? []).filter(({ used, undo }) => used.storage + undo.storage > 0).toReversed(),
    [data],
  );
  const option = useMemo(() => {
    const most = Math.max(1, ...quotas.map(({ used, undo }) => used.storage + undo.storage));
    const axis = byteAxis(most, language);
    return {
      grid: { left: 8, right: 24, top: 30, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { renderMode: "richText", trigger: "axis", valueFormatter: axis.axisLabel.formatter },
      xAxis: axis,
      yAxis: {
        type: "category",
        axisLabel: { width: NAME, overflow: "truncate" },
        data: quotas.map(({ ref }) => ref.name),
      },
      series: [
        bars(t("quotas.used"), quotas, ({ used }) => used.storage),
        bars(t("quotas.undo"), quotas, ({ undo }) => undo.storage),
      ],
    };
  }, [quotas, t, language]);
  // One bar tells nothing that the table does not.
  if (quotas.length < 2) return null;
  const told = quotas.toReversed().map(({ ref, used }) => `${ref.name}: ${bytes(used.storage)}`);
  const height = AROUND + ROW * quotas.length;
  return (
    <Card isCompact>
      <CardTitle component="h2">{t("quotas.largest")}</CardTitle>
      <CardBody>
        <Suspense fallback={<div style={{ height }} />}>
          <Chart option={option} label={figures(told)} height={height} />
        </Suspense>
      </CardBody>
    </Card>
  );
}

function bars(name: string, quotas: Quota[], of: (quota: Quota) => number) {
  return { name, type: "bar", stack: "all", barMaxWidth: 16, data: quotas.map(of) };
}
