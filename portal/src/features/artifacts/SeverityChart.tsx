/** How many vulnerabilities of each severity there are, and how many of them have a fix. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useIsDark } from "~/app/preferences";
import Chart from "~/ui/Chart";
import { useFormat } from "~/ui/format";
import { colourToken } from "./ScanSummary";
import { countsOf, type Severity, type Vulnerability } from "./vulnerabilities";

/** A token's colour in the theme of now: charts can't follow tokens by themselves. */
function colour(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

export default function SeverityChart({ found }: { found: Vulnerability[] }) {
  const { t } = useTranslation("artifacts");
  const { figures } = useFormat();
  const isDark = useIsDark();
  const counts = useMemo(() => countsOf(found), [found]);
  const option = useMemo(() => {
    const text = colour("--pf-t--global--text--color--regular");
    const fill = (severity: Severity) => colour(colourToken(severity));
    return {
      // Colours are of the theme, which is read anew when it changes.
      darkMode: isDark,
      animation: false,
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { color: text }, selectedMode: false },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
      xAxis: { type: "value", minInterval: 1, axisLabel: { color: text } },
      yAxis: {
        type: "category",
        inverse: true,
        axisTick: { show: false },
        axisLabel: { color: text },
        data: counts.map(({ severity }) => t(`severity.${severity}`)),
      },
      series: [
        {
          type: "bar",
          name: t("scan.withFix"),
          stack: "all",
          barMaxWidth: 18,
          itemStyle: { color: text },
          data: counts.map(({ severity, fixable }) => ({
            value: fixable,
            itemStyle: { color: fill(severity) },
          })),
        },
        {
          type: "bar",
          name: t("scan.withoutFix"),
          stack: "all",
          barMaxWidth: 18,
          itemStyle: { color: text, opacity: 0.45 },
          data: counts.map(({ severity, open }) => ({
            value: open,
            itemStyle: { color: fill(severity), opacity: 0.45 },
          })),
        },
      ],
    };
  }, [counts, isDark, t]);
  const label = t("scan.chart", {
    counts: figures(
      counts.map(({ severity, fixable, open }) =>
        t("scan.chartPart", { severity: t(`severity.${severity}`), count: fixable + open }),
      ),
    ),
  });
  return <Chart option={option} label={label} height={70 + 26 * counts.length} />;
}
