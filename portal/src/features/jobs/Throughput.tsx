/** How many jobs came to an end, and which, over time. */

import {
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  Flex,
  FormSelect,
  FormSelectOption,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { RangeToggle } from "~/ui/Range";
import { Failed, Loading } from "~/ui/states";
import { useKindName } from "./kinds";
import { throughputQuery } from "./queries";
import { beginnings, ENDS, inSteps, type Step } from "./throughput";

const Chart = lazy(() => import("~/ui/Chart"));
const HEIGHT = 200;

/** Each with its bars, and how many hours one is long. */
const DAY = { count: 24, unit: "hour", steps: 24, length: 1 } as const;
const WEEK = { count: 7, unit: "day", steps: 28, length: 6 } as const;
const MONTH = { count: 30, unit: "day", steps: 30, length: 24 } as const;
const RANGES = [DAY, WEEK, MONTH];

export function Throughput() {
  const { t } = useTranslation(["jobs", "common"]);
  const name = useKindName();
  const [range, setRange] = useState<(typeof RANGES)[number]>(DAY);
  const [kind, setKind] = useState("");
  const { data, error, refetch } = useQuery(throughputQuery(range.steps * range.length));
  const kinds = [...new Set([...(data ?? []).map(({ job_type }) => job_type), ...(kind ? [kind] : [])])];
  const steps = useMemo(
    () =>
      data &&
      inSteps(
        data.filter(({ job_type }) => !kind || job_type === kind),
        beginnings(range.steps, range.length, new Date()),
      ),
    [data, kind, range],
  );
  const choices = (
    <Flex
      gap={{ default: "gapSm" }}
      flexWrap={{ default: "nowrap" }}
      alignItems={{ default: "alignItemsCenter" }}
    >
      <div style={{ width: "14rem" }}>
        <FormSelect aria-label={t("type")} value={kind} onChange={(_, value) => setKind(value)}>
          <FormSelectOption value="" label={t("throughput.allTypes")} />
          {kinds.map((one) => (
            <FormSelectOption key={one} value={one} label={name(one)} />
          ))}
        </FormSelect>
      </div>
      <RangeToggle label={t("throughput.range")} ranges={RANGES} range={range} choose={setRange} />
    </Flex>
  );
  return (
    <Card isCompact>
      <CardHeader actions={{ actions: choices, hasNoOffset: true }}>
        <CardTitle component="h2">{t("throughput.title")}</CardTitle>
      </CardHeader>
      <CardBody>
        {error ? (
          <Failed error={error} retry={refetch} />
        ) : steps ? (
          <Ends steps={steps} isByDay={range === MONTH} />
        ) : (
          <Loading />
        )}
      </CardBody>
    </Card>
  );
}

const WORDS = { success: "Success", fail: "Failed", stop: "Stopped" } as const;
const COLOURS = { success: "#58a05a", fail: "#cf5650", stop: "#8a9aa0" } as const;

function Ends({ steps, isByDay }: { steps: Step[]; isByDay: boolean }) {
  const { t } = useTranslation(["jobs", "common"]);
  const { language, figures, number } = useFormat();
  const option = useMemo(() => {
    const clock = new Intl.DateTimeFormat(language, {
      day: "numeric",
      month: "short",
      ...(!isByDay && { hour: "numeric", minute: "2-digit" }),
    });
    return {
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0 },
      tooltip: { renderMode: "richText", trigger: "axis" },
      xAxis: { type: "category", data: steps.map(({ at }) => clock.format(at)) },
      yAxis: { type: "value", minInterval: 1 },
      series: ENDS.map((end) => ({
        name: t(`common:status.${WORDS[end]}`),
        type: "bar",
        stack: "all",
        barMaxWidth: 24,
        color: COLOURS[end],
        data: steps.map((step) => step[end]),
      })),
    };
  }, [steps, isByDay, language, t]);
  const told = figures(
    ENDS.map((end) => {
      const sum = steps.reduce((all, step) => all + step[end], 0);
      return `${t(`common:status.${WORDS[end]}`)}: ${number(sum)}`;
    }),
  );
  return (
    <>
      <p>{told}</p>
      <Suspense fallback={<div style={{ height: HEIGHT }} />}>
        <Chart option={option} label={told} height={HEIGHT} />
      </Suspense>
    </>
  );
}
