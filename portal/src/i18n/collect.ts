/** Makes a language's catalogue of its files: a file is a namespace. */
export function collect(files: Record<string, unknown>): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, texts]) => [
      path.slice(path.lastIndexOf("/") + 1, -".json".length),
      texts as Record<string, unknown>,
    ]),
  );
}
