/** The colours that a label can be given. Far enough apart to be told from each other in both themes. */

export const PALETTE = [
  ["red", "#c9302c"],
  ["orange", "#e8750a"],
  ["amber", "#f2b01e"],
  ["lime", "#9bbf2e"],
  ["green", "#3b8132"],
  ["teal", "#0a7f78"],
  ["cyan", "#3fb6c6"],
  ["blue", "#1c6fb8"],
  ["navy", "#223f7a"],
  ["violet", "#6a4bb5"],
  ["lavender", "#b29be0"],
  ["magenta", "#a8327d"],
  ["pink", "#ee8fb4"],
  ["brown", "#7a5230"],
  ["slate", "#5f6b75"],
  ["silver", "#c3c9ce"],
] as const;

export type ColourName = (typeof PALETTE)[number][0];

/** The colour of a new label. */
export const USUAL = "#1c6fb8";

/** The palette, with the colour that a label has from elsewhere in front of it. */
export function choices(current: string): { value: string; name: ColourName | null }[] {
  const known = PALETTE.map(([name, value]) => ({ value, name }));
  const isKnown = known.some(({ value }) => value === current.toLowerCase());
  return current && !isKnown ? [{ value: current, name: null }, ...known] : known;
}
