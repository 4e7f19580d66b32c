/** The kinds of runs, what each can be asked, and what it tells: the API writes that as JSON in a text. */

import { z } from "zod";

export const KINDS = ["gc", "purgeaudit", "fsck", "scrub"] as const;
export type Kind = (typeof KINDS)[number];

/** What can go wrong with what is stored, in the order of how bad it is. */
export const FINDINGS = [
  "missing",
  "content",
  "size",
  "unreadable",
  "manifest",
  "orphan",
  "upload",
  "recovered",
] as const;
export type What = (typeof FINDINGS)[number];

const finding = z.object({
  what: z.string(),
  digest: z.string().catch(""),
  key: z.string().catch(""),
  size: z.number().catch(0),
  needed_by: z.array(z.string()).catch([]),
  repaired: z.boolean().catch(false),
});
export type Finding = z.infer<typeof finding>;

const report = z.object({
  blobs: z.number().catch(0),
  bytes: z.number().catch(0),
  manifests: z.number().catch(0),
  young: z.number().catch(0),
  found: z.record(z.string(), z.number()).catch({}),
  repaired: z.number().catch(0),
  findings: z.array(finding).catch([]),
});
export type Report = z.infer<typeof report>;

const optional = z.number().optional().catch(undefined);

const told = z.object({
  dry_run: z.boolean().catch(false),
  delete_untagged: z.boolean().catch(false),
  workers: z.number().catch(1),
  audit_retention_hour: z.number().catch(720),
  include_event_types: z.string().catch(""),
  repair: z.boolean().optional().catch(undefined),
  rate: z.number().catch(20),
  purged_blobs: optional,
  purged_manifests: optional,
  freed_space: optional,
  purged: optional,
  progress: z
    .object({
      done: z.number(),
      total: z.number(),
      eta_seconds: z.number().optional(),
      unit: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  report: report.optional().catch(undefined),
});
export type Told = z.infer<typeof told>;

/** What a run was asked and what it tells; the usual values where it says nothing. */
export function read(parameters: string | undefined): Told {
  try {
    return told.parse(JSON.parse(parameters || "{}"));
  } catch {
    return told.parse({});
  }
}

/** What a person can ask of a run. Each kind takes some of it. */
export interface Options {
  dryRun: boolean;
  deleteUntagged: boolean;
  workers: number;
  repair: boolean;
  rate: number;
  keep: number;
  keepUnit: "hours" | "days";
  events: string[];
}

/** The kinds of entries of the audit log that the API has words for. */
export const EVENTS = ["create_artifact", "delete_artifact", "pull_artifact", "other"] as const;

export function optionsOf(kind: Kind, parameters: string | undefined): Options {
  const known = read(parameters);
  const hours = known.audit_retention_hour;
  const inDays = hours % 24 === 0;
  const events = known.include_event_types.split(",").filter(Boolean);
  return {
    dryRun: known.dry_run,
    deleteUntagged: known.delete_untagged,
    workers: known.workers,
    // A scrub marks what is damaged unless told otherwise, a check does not.
    repair: known.repair ?? kind === "scrub",
    rate: known.rate,
    keep: inDays ? hours / 24 : hours,
    keepUnit: inDays ? "days" : "hours",
    events: events.length ? events : [...EVENTS],
  };
}

/** The options as the API takes them. */
export function parametersOf(kind: Kind, options: Options): Record<string, unknown> {
  const { dryRun, deleteUntagged, workers, repair, rate, keep, keepUnit, events } = options;
  if (kind === "gc") return { dry_run: dryRun, delete_untagged: deleteUntagged, workers };
  if (kind === "fsck") return { repair };
  if (kind === "scrub") return { repair, rate };
  return {
    dry_run: dryRun,
    audit_retention_hour: keep * (keepUnit === "days" ? 24 : 1),
    include_event_types: events.join(","),
  };
}

/** What was found, the worst first; what we have no word for at the end. */
export function counts(found: Record<string, number>): [What | null, string, number][] {
  const known = FINDINGS.filter((what) => found[what]).map((what): [What, string, number] => [
    what,
    what,
    found[what] ?? 0,
  ]);
  const others = Object.entries(found)
    .filter(([what]) => !FINDINGS.some((one) => one === what))
    .map(([what, count]): [null, string, number] => [null, what, count]);
  return [...known, ...others];
}
