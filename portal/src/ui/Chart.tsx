/** A chart, by ECharts: loaded where one is drawn and nowhere else (use it through `lazy`). */

import { BarChart, LineChart, PieChart, TreemapChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useIsDark } from "~/app/preferences";

use([
  BarChart,
  LineChart,
  PieChart,
  TreemapChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  AriaComponent,
  SVGRenderer,
]);

/** The colours of series, which stay apart in both themes and for who sees few colours. */
const COLOURS = ["#1a8fa3", "#e0863f", "#7d72c4", "#58a05a", "#cf5650", "#8a9aa0"];

/** `label` says in words what the chart shows: it is all that some readers get. */
export default function Chart({
  option,
  label,
  height = 220,
}: {
  option: EChartsCoreOption;
  label: string;
  /** In pixels, or a share of what is around it. */
  height?: number | string;
}) {
  const element = useRef<HTMLDivElement>(null);
  const dark = useIsDark();
  useEffect(() => {
    if (!element.current) return;
    const chart = init(element.current, dark ? "dark" : undefined, { renderer: "svg" });
    // Tooltips of HTML would carry styles inline, which our policy forbids.
    chart.setOption({
      color: COLOURS,
      backgroundColor: "transparent",
      tooltip: { renderMode: "richText" },
      ...option,
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, dark]);
  return <div ref={element} role="img" aria-label={label} style={{ height }} />;
}
