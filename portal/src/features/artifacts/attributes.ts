/** What an artifact's own configuration says, read with care: anybody may have written it. */

import { z } from "zod";

const text = z.string().nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);
const set = z.record(z.string(), z.unknown()).nullish().catch(null);

const config = z.object({
  User: text,
  WorkingDir: text,
  StopSignal: text,
  Entrypoint: texts,
  Cmd: texts,
  Env: texts,
  ExposedPorts: set,
  Volumes: set,
  Labels: z.record(z.string(), z.string()).nullish().catch(null),
});

const image = z.object({
  os: text,
  architecture: text,
  variant: text,
  author: text,
  created: text,
  config: config.nullish().catch(null),
});

export type Image = z.infer<typeof image>;

export function imageOf(extra: unknown): Image {
  return image.catch({}).parse(extra ?? {});
}

const chart = z.object({
  name: text,
  version: text,
  appVersion: text,
  apiVersion: text,
  type: text,
  description: text,
  kubeVersion: text,
  home: text,
  deprecated: z.boolean().nullish().catch(null),
  sources: texts,
  keywords: texts,
  maintainers: z
    .array(z.object({ name: text, email: text, url: text }))
    .nullish()
    .catch(null),
});

export type Chart = z.infer<typeof chart>;

export function chartOf(extra: unknown): Chart {
  return chart.catch({}).parse(extra ?? {});
}

/** Any other configuration: each entry as text, what is nested as JSON. */
export function entriesOf(extra: unknown): [string, string][] {
  const parsed = z.record(z.string(), z.unknown()).safeParse(extra);
  if (!parsed.success) return [];
  return Object.entries(parsed.data)
    .filter(([, value]) => value !== null && value !== "" && value !== undefined)
    .map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value, null, 2) : String(value),
    ]);
}

/** As one types it into a shell: quotes where they are needed. */
export function commandLine(words: string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

const history = z.array(
  z.object({
    created: text,
    created_by: text,
    author: text,
    comment: text,
    empty_layer: z.boolean().nullish().catch(null),
  }),
);

export interface HistoryStep {
  created: string | null;
  command: string;
  comment: string;
  /** It changed settings alone and added no layer. */
  isEmpty: boolean;
}

/** How an image was built, in the order in which it was, each step as a build file has it. */
export function historyOf(json: string): HistoryStep[] {
  return history.parse(JSON.parse(json)).map((step) => ({
    created: step.created ?? null,
    command: instruction(step.created_by ?? ""),
    comment: step.comment ?? "",
    isEmpty: Boolean(step.empty_layer),
  }));
}

function instruction(command: string): string {
  const plain = command.replace(/\s+# buildkit$/, "").trim();
  const setting = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(plain)?.[1];
  if (setting) return setting.trim();
  const run = /^(?:RUN )?(?:\|\d+ .*? )?\/bin\/sh -c (.*)$/s.exec(plain)?.[1];
  return run ? `RUN ${run.trim()}` : plain;
}

const layer = z.object({
  digest: z.string(),
  mediaType: z.string().catch(""),
  size: z.number().catch(0),
  annotations: z.record(z.string(), z.string()).nullish().catch(null),
});

export interface Layer {
  digest: string;
  mediaType: string;
  size: number;
  title: string | null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The layers that a manifest names, the lowest first; of what is no OCI image, its files. */
export function layersOf(json: string): Layer[] {
  const named = z.object({ layers: z.array(layer) }).safeParse(parsed(json));
  return (named.data?.layers ?? []).map(({ annotations, ...rest }) => ({
    ...rest,
    title: annotations?.["org.opencontainers.image.title"] ?? null,
  }));
}

const dependency = z.object({
  name: z.string(),
  version: text,
  repository: text,
  condition: text,
});

export function dependenciesOf(json: string): z.infer<typeof dependency>[] {
  return z.array(dependency).parse(JSON.parse(json));
}

export interface ModelFile {
  path: string;
  size: number;
}

interface FileNode {
  name: string;
  size?: number;
  children?: FileNode[];
}

const file: z.ZodType<FileNode> = z.lazy(() =>
  z.object({ name: z.string(), size: z.number().optional(), children: z.array(file).optional() }),
);

/** The files of a model, folders taken apart into paths. */
export function filesOf(json: string): ModelFile[] {
  const flat = (nodes: FileNode[], above: string): ModelFile[] =>
    nodes.flatMap(({ name, size, children }) =>
      children ? flat(children, `${above}${name}/`) : [{ path: above + name, size: size ?? 0 }],
    );
  return flat(z.array(file).parse(JSON.parse(json)), "");
}

const spdx = z.object({
  name: text,
  spdxVersion: text,
  packages: z.array(
    z.object({ name: z.string(), versionInfo: text, licenseConcluded: text, licenseDeclared: text }),
  ),
});

export interface Packages {
  format: string;
  packages: { name: string; version: string; license: string }[];
}

/** The packages of an SPDX document, or null for any other. */
export function packagesOf(json: string): Packages | null {
  const known = (license: string | null | undefined) =>
    license && license !== "NOASSERTION" && license !== "NONE" ? license : "";
  try {
    const { spdxVersion, packages } = spdx.parse(JSON.parse(json));
    return {
      format: spdxVersion ?? "SPDX",
      packages: packages.map((one) => ({
        name: one.name,
        version: one.versionInfo ?? "",
        license: known(one.licenseConcluded) || known(one.licenseDeclared),
      })),
    };
  } catch {
    return null;
  }
}
