/**
 * Stands for PatternFly's own box or knob of a row (vite.config.ts), which no table here has: `DataTable` puts
 * a box into a cell of its own.
 */

export const RowSelectVariant = { radio: "radio", checkbox: "checkbox" };

export function SelectColumn() {
  return null;
}
