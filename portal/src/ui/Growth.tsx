/** What was stored, day by day, up to now. */

import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { byteAxis } from "./byte-axis";
import { useFormat } from "./format";
import { lasting, type Range, RangeToggle } from "./Range";
import { Failed, Loading } from "./states";

const Chart = lazy(() => import("~/ui/Chart"));
const HEIGHT = 200;

type Day = Schemas["StorageOfDay"];

const RANGES: Range[] = [
  { count: 30, unit: "day" },
  { count: 90, unit: "day" },
  { count: 365, unit: "day" },
];

export function Growth({
  answer: { data, error, refetch },
}: {
  answer: { data?: Day[] | undefined; error: unknown; refetch: () => void };
}) {
  const { t } = useTranslation();
  const [range, setRange] = useState(RANGES[1] as Range);
  return (
    <Card isCompact isFullHeight>
      <CardHeader
        actions={{
          actions: <RangeToggle label={t("growth.range")} ranges={RANGES} range={range} choose={setRange} />,
          hasNoOffset: true,
        }}
      >
        <CardTitle component="h2">{t("growth.title")}</CardTitle>
      </CardHeader>
      <CardBody style={{ display: "flex", flexDirection: "column" }}>
        {error ? (
          <Failed error={error} retry={refetch} />
        ) : data ? (
          <Days days={data.slice(-range.count - 1)} />
        ) : (
          <Loading />
        )}
      </CardBody>
    </Card>
  );
}

function Days({ days }: { days: Day[] }) {
  const { t } = useTranslation();
  const { language, bytes } = useFormat();
  const option = useMemo(() => {
    const axis = byteAxis(Math.max(...days.map(({ used }) => used)), language);
    const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
    const name = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
    return {
      grid: { left: 8, right: 24, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        renderMode: "richText",
        trigger: "axis",
        valueFormatter: axis.axisLabel.formatter,
        axisPointer: { label: { formatter: ({ value }: { value: number }) => day.format(value) } },
      },
      xAxis: { type: "time", axisLabel: { formatter: (at: number) => name.format(at), hideOverlap: true } },
      yAxis: axis,
      series: [
        {
          name: t("growth.used"),
          type: "line",
          showSymbol: false,
          areaStyle: { opacity: 0.15 },
          data: days.map(({ time, used }) => [Date.parse(time), used]),
        },
      ],
    };
  }, [days, language, t]);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last || days.length < 2) return <p className="minato-quiet">{t("growth.soon")}</p>;
  const change = last.used - first.used;
  const told = t("growth.change", {
    time: lasting(days.length - 1, "day", language),
    change: `${change > 0 ? "+" : change < 0 ? "−" : "±"}${bytes(Math.abs(change))}`,
  });
  return (
    <>
      <p>{told}</p>
      {/* It takes the height that the card beside it leaves. */}
      <div style={{ position: "relative", flex: `1 0 ${HEIGHT}px` }}>
        <div style={{ position: "absolute", inset: 0 }}>
          <Suspense>
            <Chart option={option} label={told} height="100%" />
          </Suspense>
        </div>
      </div>
    </>
  );
}
