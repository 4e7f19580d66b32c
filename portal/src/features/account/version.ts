/** `v2.16.0-minato-0.1.0` says which Harbor's API it speaks and which Minato it is. */
export function readVersion(text: string): { harbor: string; minato: string } | null {
  const found = /^(v[^-]+)-minato-(.+)$/.exec(text);
  return found?.[1] && found[2] ? { harbor: found[1], minato: found[2] } : null;
}
