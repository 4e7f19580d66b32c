import { describe, expect, it } from "vitest";
import { luminance, parseColour, textOn } from "~/ui/LabelChip";
import { choices, PALETTE, USUAL } from "./palette";

describe("the palette of labels", () => {
  it("has only colours whose text can be read, each once", () => {
    for (const [, value] of PALETTE) {
      const colour = parseColour(value);
      if (!colour) throw new Error(value);
      const under = luminance(colour) + 0.05;
      const over = textOn(colour) === "#ffffff" ? 1.05 : 0.05;
      expect(Math.max(under, over) / Math.min(under, over), value).toBeGreaterThan(4.5);
    }
    expect(new Set(PALETTE.map(([, value]) => value)).size).toBe(PALETTE.length);
    expect(PALETTE.some(([, value]) => value === USUAL)).toBe(true);
  });

  it("keeps a label's colour from elsewhere", () => {
    expect(choices("#FF8000")[0]).toEqual({ value: "#FF8000", name: null });
    expect(choices("#C9302C")).toHaveLength(PALETTE.length);
    expect(choices("")).toHaveLength(PALETTE.length);
  });
});
