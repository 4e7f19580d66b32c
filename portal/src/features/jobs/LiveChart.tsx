/** Numbers over the time that the page has been open. */

import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import type { Sample } from "./samples";

const Chart = lazy(() => import("~/ui/Chart"));

const HEIGHT = 180;

export interface Line {
  key: string;
  label: string;
}

export function LiveChart({
  title,
  samples,
  lines,
  most,
  legend = false,
}: {
  title: string;
  samples: Sample[];
  lines: Line[];
  /** The end of the axis, where it is known. */
  most?: number;
  /** Whether to name the lines. */
  legend?: boolean;
}) {
  const { t } = useTranslation("jobs");
  const { language, figures } = useFormat();
  const option = useMemo(() => {
    const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
    return {
      animation: false,
      grid: { left: 8, right: 24, top: legend ? 34 : 12, bottom: 4, containLabel: true },
      legend: { show: legend, top: 0, left: 0, type: "scroll" },
      tooltip: { renderMode: "richText", trigger: "axis" },
      xAxis: { type: "time", axisLabel: { formatter: (at: number) => clock.format(at), hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, min: 0, max: most ?? undefined },
      series: lines.map(({ key, label }) => ({
        name: label,
        type: "line",
        step: "end",
        showSymbol: false,
        areaStyle: { opacity: 0.15 },
        data: samples.map(({ at, values }) => [at, values[key] ?? 0]),
      })),
    };
  }, [samples, lines, language, most, legend]);
  const last = samples.at(-1)?.values ?? {};
  const told = lines.map(({ key, label }) => `${label}: ${last[key] ?? 0}`);
  return (
    <Card isCompact>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        {samples.length > 1 && lines.length > 0 ? (
          <Suspense fallback={<div style={{ height: HEIGHT }} />}>
            <Chart option={option} label={figures(told)} height={HEIGHT} />
          </Suspense>
        ) : (
          <p className="minato-quiet">{t(samples.length > 1 ? "quiet" : "collecting")}</p>
        )}
      </CardBody>
    </Card>
  );
}
