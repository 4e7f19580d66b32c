/** How far back a chart looks. */

import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useFormat } from "./format";

export interface Range {
  count: number;
  unit: "hour" | "day";
}

/** `90 days`. */
export function lasting(count: number, unit: Range["unit"], language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

export function RangeToggle<R extends Range>({
  label,
  ranges,
  range,
  choose,
}: {
  label: string;
  ranges: R[];
  range: R;
  choose: (range: R) => void;
}) {
  const { language } = useFormat();
  return (
    <ToggleGroup isCompact aria-label={label} style={{ whiteSpace: "nowrap" }}>
      {ranges.map((one) => (
        <ToggleGroupItem
          key={one.count + one.unit}
          text={lasting(one.count, one.unit, language)}
          isSelected={one === range}
          onChange={() => choose(one)}
        />
      ))}
    </ToggleGroup>
  );
}
