/** A scanner's report: read, filtered, sorted and paged here, as the API gives all of it at once. */

import { z } from "zod";
import type { Page } from "~/api/client";
import type { ListState } from "~/ui/list-state";

/** The worst first. */
export const SEVERITIES = ["Critical", "High", "Medium", "Low", "Negligible", "Unknown", "None"] as const;
export type Severity = (typeof SEVERITIES)[number];

export function asSeverity(text: string | null | undefined): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? "Unknown";
}

const texts = z.array(z.string()).nullish().catch(null);
const text = z.string().nullish().catch(null);

const vulnerability = z.object({
  id: z.string(),
  package: z.string().catch(""),
  version: z.string().catch(""),
  fix_version: text,
  severity: z.string().nullish().transform(asSeverity),
  status: text,
  description: text,
  links: texts,
  artifact_digests: texts,
  preferred_cvss: z
    .object({
      score_v3: z.number().nullish().catch(null),
      score_v2: z.number().nullish().catch(null),
      vector_v3: text,
      vector_v2: text,
    })
    .nullish()
    .catch(null),
  cwe_ids: texts,
});

const report = z.object({
  generated_at: text,
  scanner: z
    .object({ name: z.string().catch(""), vendor: z.string().catch(""), version: z.string().catch("") })
    .nullish()
    .catch(null),
  vulnerabilities: z.array(vulnerability).nullish(),
});

export type Vulnerability = z.infer<typeof vulnerability>;

export interface Report {
  generatedAt: string | null;
  scanner: string | null;
  vulnerabilities: Vulnerability[];
}

/** The report of an answer; it stands there under its media type. */
export function parseReport(answer: string): Report | null {
  const all = z.record(z.string(), report).parse(JSON.parse(answer || "{}"));
  const first = Object.values(all)[0];
  if (!first) return null;
  return {
    generatedAt: first.generated_at ?? null,
    scanner: first.scanner ? `${first.scanner.name} ${first.scanner.version}`.trim() : null,
    vulnerabilities: first.vulnerabilities ?? [],
  };
}

/** The score that the scanner prefers, the newer way of counting first. */
export function scoreOf({ preferred_cvss: cvss }: Vulnerability): number | null {
  return cvss?.score_v3 ?? cvss?.score_v2 ?? null;
}

/** Where one reads about it: addresses of the web alone, as the report is from elsewhere. */
export function linksOf({ links }: Vulnerability): string[] {
  return (links ?? []).filter((link) => /^https?:\/\//i.test(link));
}

const collator = new Intl.Collator("en", { numeric: true });

const ORDERS: Record<string, (a: Vulnerability, b: Vulnerability) => number> = {
  id: (a, b) => collator.compare(a.id, b.id),
  severity: (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity),
  score: (a, b) => (scoreOf(a) ?? -1) - (scoreOf(b) ?? -1),
  package: (a, b) => collator.compare(a.package, b.package) || collator.compare(a.version, b.version),
};

function isAskedFor(one: Vulnerability, filters: Record<string, string>): boolean {
  const text = filters.vulnerability?.toLowerCase();
  return (
    (!text || `${one.id} ${one.package}`.toLowerCase().includes(text)) &&
    (!filters.severity || one.severity === filters.severity) &&
    (!filters.fix || (filters.fix === "yes") === Boolean(one.fix_version))
  );
}

/** A page of what is asked for, the worst first if no order is. */
export function pageOf(
  all: Vulnerability[],
  { page, pageSize, sort, filters }: Pick<ListState, "page" | "pageSize" | "sort" | "filters">,
): Page<Vulnerability> {
  const found = all.filter((one) => isAskedFor(one, filters));
  const field = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const order = ORDERS[field];
  const worst = (a: Vulnerability, b: Vulnerability) =>
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (scoreOf(b) ?? -1) - (scoreOf(a) ?? -1);
  found.sort((a, b) => (order ? sign * order(a, b) : 0) || worst(a, b));
  return { items: found.slice((page - 1) * pageSize, page * pageSize), total: found.length };
}

/** For each severity that occurs, how many have a fix and how many have none. */
export function countsOf(all: Vulnerability[]): { severity: Severity; fixable: number; open: number }[] {
  return SEVERITIES.map((severity) => {
    const those = all.filter((one) => one.severity === severity);
    const fixable = those.filter((one) => one.fix_version).length;
    return { severity, fixable, open: those.length - fixable };
  }).filter(({ fixable, open }) => fixable + open > 0);
}

/** Vulnerabilities of a list that still holds. */
export function allowed(
  list: { items?: { cve_id?: string }[] | null; expires_at?: number | null } | null | undefined,
  now: number,
): Set<string> {
  if (list?.expires_at && list.expires_at * 1000 < now) return new Set();
  return new Set((list?.items ?? []).map(({ cve_id: id }) => id ?? "").filter(Boolean));
}
