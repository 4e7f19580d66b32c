import { describe, expect, it } from "vitest";
import { luminance, parseColour, textOn } from "./LabelChip";

describe("the colour of a label", () => {
  it("is read in both of its forms, and nothing else is", () => {
    expect(parseColour("#0a6272")).toEqual([10, 98, 114]);
    expect(parseColour("#f80")).toEqual([255, 136, 0]);
    for (const wrong of ["", "red", "#12345", "#gggggg", "#fff;top:0"]) expect(parseColour(wrong)).toBeNull();
  });

  it("has text on it that can be read", () => {
    for (let value = 0; value < 256; value += 3) {
      for (const colour of [`${value},${value},${value}`, `${value},90,200`, `250,${value},40`]) {
        const [red = 0, green = 0, blue = 0] = colour.split(",").map(Number);
        const under = luminance([red, green, blue]);
        const over = textOn([red, green, blue]) === "#ffffff" ? 1 : 0;
        const [light, dark] = over > under ? [over, under] : [under, over];
        expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4.5);
      }
    }
  });
});
