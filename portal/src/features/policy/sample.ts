/** What selectors choose of a part of a project. */

import type { Schemas } from "~/api/client";
import { chooses, choosesArtifact, isAbout, type Selector, withinProject } from "./selectors";

type Artifact = Pick<Schemas["Artifact"], "repository_name" | "tags">;

export interface Chosen {
  repository: string;
  /** Tags that are chosen; of a rule of retention those of chosen artifacts. */
  tags: string[];
  untagged: number;
  /** How many others there are: artifacts, or tags. */
  others: number;
}

export interface Outcome {
  about: Chosen[];
  /** Repositories that the rule is not about. */
  beside: string[];
  chosen: number;
  all: number;
}

/** What a rule counts in: retention keeps artifacts, immutability holds tags. */
export type Unit = "artifacts" | "tags";

function ofArtifacts(repository: string, artifacts: Artifact[], tags: Selector[]): Chosen {
  const names = artifacts.map((artifact) => artifact.tags?.map(({ name }) => name) ?? []);
  const chosen = names.filter((list) => choosesArtifact(tags, list));
  return {
    repository,
    tags: chosen.flat(),
    untagged: chosen.filter((list) => list.length === 0).length,
    others: names.length - chosen.length,
  };
}

function ofTags(repository: string, artifacts: Artifact[], tags: Selector[]): Chosen {
  const names = artifacts.flatMap((artifact) => artifact.tags?.map(({ name }) => name) ?? []);
  const chosen = names.filter((name) => tags.every((selector) => chooses(selector, name)));
  return { repository, tags: chosen, untagged: 0, others: names.length - chosen.length };
}

const count = (artifacts: Artifact[], unit: Unit) =>
  unit === "artifacts" ? artifacts.length : artifacts.reduce((sum, { tags }) => sum + (tags?.length ?? 0), 0);

/** `repositories` are full names; so are those of the artifacts. */
export function tryOn(
  repositories: string[],
  artifacts: Artifact[],
  rule: { repositories: Selector[]; tags: Selector[] },
  unit: Unit,
): Outcome {
  const byName = new Map<string, Artifact[]>(repositories.map((name) => [name, []]));
  for (const artifact of artifacts) {
    const list = byName.get(artifact.repository_name) ?? [];
    list.push(artifact);
    byName.set(artifact.repository_name, list);
  }
  const about: Chosen[] = [];
  const beside: string[] = [];
  let chosen = 0;
  for (const [full, list] of byName) {
    const name = withinProject(full);
    if (!isAbout(rule.repositories, name)) {
      beside.push(name);
      continue;
    }
    const one = (unit === "artifacts" ? ofArtifacts : ofTags)(name, list, rule.tags);
    chosen += count(list, unit) - one.others;
    about.push(one);
  }
  about.sort((one, other) => other.tags.length + other.untagged - one.tags.length - one.untagged);
  return { about, beside, chosen, all: count(artifacts, unit) };
}
