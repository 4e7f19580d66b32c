/** A label in the colour that it was given, with text that can be read on it whatever the theme. */

import { Label } from "@patternfly/react-core";

/** Red, green and blue of `#rgb` or `#rrggbb`; nothing for what is neither. */
export function parseColour(colour: string): [number, number, number] | null {
  const digits = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(colour) ? colour.slice(1) : "";
  if (!digits) return null;
  const size = digits.length / 3;
  const part = (index: number) => {
    const text = digits.slice(index * size, (index + 1) * size);
    return Number.parseInt(size === 1 ? text + text : text, 16);
  };
  return [part(0), part(1), part(2)];
}

/** How bright a colour is to the eye, from 0 to 1 (WCAG's relative luminance). */
export function luminance([red, green, blue]: [number, number, number]): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Black or white: what stands out more. One of them always has a contrast of 4.5 to 1. */
export function textOn(colour: [number, number, number]): string {
  return luminance(colour) > 0.179 ? "#000000" : "#ffffff";
}

export function LabelChip({ name, color = "" }: { name: string; color?: string }) {
  const known = parseColour(color);
  if (!known) {
    return (
      <Label isCompact variant="outline">
        {name}
      </Label>
    );
  }
  return (
    <span
      style={{
        display: "inline-block",
        maxWidth: "16rem",
        overflow: "hidden",
        textOverflow: "ellipsis",
        whiteSpace: "nowrap",
        verticalAlign: "bottom",
        padding: "0 0.6em",
        borderRadius: "6px",
        border: "1px solid var(--pf-t--global--border--color--default)",
        fontSize: "var(--pf-t--global--font--size--body--sm)",
        lineHeight: 1.6,
        backgroundColor: color,
        color: textOn(known),
      }}
      title={name}
    >
      {name}
    </span>
  );
}
