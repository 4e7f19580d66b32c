/** What rules choose: selectors of repositories and of tags, as the API has them and as the server reads them. */

import type { Schemas } from "~/api/client";
import { isPattern, matches, normalise } from "./doublestar";

export type Selector = Schemas["ImmutableSelector"];
type Scope = Schemas["RetentionRule"]["scope_selectors"];

/** A selector as a form holds it. */
export interface Choice {
  excludes: boolean;
  pattern: string;
}

const EXCLUDES = ["excludes", "repoExcludes"];

export function isExcluding({ decoration }: Selector): boolean {
  return EXCLUDES.includes(decoration ?? "");
}

/** Whether a selector chooses a repository's or a tag's name. */
export function chooses(selector: Selector, name: string): boolean {
  return matches(selector.pattern ?? "", name) !== isExcluding(selector);
}

export function ofRepositories(scope: Scope): Selector[] {
  return scope?.repository ?? [];
}

/** Whether a rule is about a repository, by its name inside the project. */
export function isAbout(selectors: Selector[], repository: string): boolean {
  return selectors.every((selector) => chooses(selector, repository));
}

function untaggedOf({ extras }: Selector): boolean | undefined {
  try {
    const { untagged } = JSON.parse(extras ?? "") ?? {};
    return typeof untagged === "boolean" ? untagged : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a selector chooses artifacts without tags: without a word it does. */
export function choosesUntagged(selector: Selector): boolean {
  const excludes = isExcluding(selector);
  return (untaggedOf(selector) ?? !excludes) !== excludes;
}

/** Whether a rule of retention chooses an artifact: one of its tags is enough. */
export function choosesArtifact(selectors: Selector[], tags: string[]): boolean {
  return selectors.every((selector) =>
    tags.length ? tags.some((tag) => chooses(selector, tag)) : choosesUntagged(selector),
  );
}

export function toChoices(selectors: Selector[]): Choice[] {
  return selectors.map((selector) => ({
    excludes: isExcluding(selector),
    pattern: selector.pattern ?? "",
  }));
}

export function repositorySelectors(choices: Choice[]): Selector[] {
  return choices.map(({ excludes, pattern }) => ({
    kind: "doublestar",
    decoration: excludes ? "repoExcludes" : "repoMatches",
    pattern: normalise(pattern),
  }));
}

/** `untagged` says whether artifacts without tags are chosen as well; leave it out where only tags count. */
export function tagSelectors(choices: Choice[], untagged?: boolean): Selector[] {
  return choices.map(({ excludes, pattern }) => ({
    kind: "doublestar",
    decoration: excludes ? "excludes" : "matches",
    pattern: normalise(pattern),
    // What is said of an exclusion is what it leaves out.
    ...(untagged !== undefined && { extras: JSON.stringify({ untagged: untagged !== excludes }) }),
  }));
}

export function isGood({ pattern }: Choice): boolean {
  return isPattern(normalise(pattern));
}

/** A repository's name without that of its project. */
export function withinProject(full: string): string {
  return full.slice(full.indexOf("/") + 1);
}
