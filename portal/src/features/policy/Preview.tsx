/** What a rule that is being written chooses now, tried on a part of the project. */

import { Content, Label, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { Alert } from "~/ui/patternfly/Alert";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { Failed, Loading } from "~/ui/states";
import { sampleQuery } from "./queries";
import { type Chosen, tryOn, type Unit } from "./sample";
import { type Choice, isGood, repositorySelectors, tagSelectors } from "./selectors";

/** Most repositories, and tags of each, that are written out. */
const MOST_SHOWN = 8;
const MOST_BESIDE = 12;

interface Props {
  project: string;
  repositories: Choice[];
  tags: Choice[];
  untagged?: boolean;
  unit: Unit;
}

export function Preview(props: Props) {
  const { t } = useTranslation("policy");
  const isReady = [...props.repositories, ...props.tags].every(isGood);
  return (
    <section aria-live="polite">
      <Title headingLevel="h2" size="md">
        {t(`preview.${props.unit}Title`)}
      </Title>
      {isReady ? <Sample {...props} /> : <Content component="small">{t("preview.invalid")}</Content>}
    </section>
  );
}

function Sample({ project, repositories, tags, untagged, unit }: Props) {
  const { t } = useTranslation("policy");
  const { number, list } = useFormat();
  const { data, error, refetch } = useQuery(sampleQuery(project));
  const outcome = useMemo(
    () =>
      data &&
      tryOn(
        data.repositories.items.map(({ name }) => name),
        data.artifacts.items,
        { repositories: repositorySelectors(repositories), tags: tagSelectors(tags, untagged) },
        unit,
      ),
    [data, repositories, tags, untagged, unit],
  );
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data || !outcome) return <Loading />;
  if (data.artifacts.total === 0) return <Content component="small">{t("preview.empty")}</Content>;
  const { about, beside, chosen, all } = outcome;
  const beyond = about.length - MOST_SHOWN;
  const hidden = beside.length - MOST_BESIDE;
  const names = [
    ...beside.slice(0, MOST_BESIDE),
    ...(hidden > 0 ? [t("preview.more", { count: hidden })] : []),
  ];
  return (
    <>
      <Content component="p">
        {t(`preview.${unit}`, {
          chosen: number(chosen),
          all: number(all),
          repositories: number(about.length),
          known: number(about.length + beside.length),
        })}
      </Content>
      {about.slice(0, MOST_SHOWN).map((one) => (
        <Repository key={one.repository} {...one} />
      ))}
      {about.length === 0 && <Content component="small">{t("preview.none")}</Content>}
      {beyond > 0 && <Content component="small">{t("preview.moreRepositories", { count: beyond })}</Content>}
      {beside.length > 0 && (
        <Content component="small">{t("preview.notAbout", { names: list(names) })}</Content>
      )}
      <Part
        looked={{ repositories: data.repositories.items.length, artifacts: data.artifacts.items.length }}
        total={{ repositories: data.repositories.total, artifacts: data.artifacts.total }}
      />
    </>
  );
}

function Repository({ repository, tags, untagged, others }: Chosen) {
  const { t } = useTranslation("policy");
  return (
    <div style={{ marginBlockEnd: "var(--pf-t--global--spacer--xs)" }}>
      <LabelGroup
        categoryName={repository}
        numLabels={MOST_SHOWN}
        collapsedText={t("preview.more", { count: Math.max(0, tags.length - MOST_SHOWN) })}
        isCompact
      >
        {[
          ...tags.map((tag) => (
            <Label key={`tag ${tag}`} isCompact color="teal">
              {tag}
            </Label>
          )),
          untagged > 0 && (
            <Label key="untagged" isCompact color="teal" variant="outline">
              {t("preview.untagged", { count: untagged })}
            </Label>
          ),
          (others > 0 || (tags.length === 0 && untagged === 0)) && (
            <Label key="others" isCompact color="grey">
              {t("preview.others", { count: others })}
            </Label>
          ),
        ].filter(Boolean)}
      </LabelGroup>
    </div>
  );
}

interface Amounts {
  repositories: number;
  artifacts: number;
}

/** Says so when not all of the project was looked at. */
function Part({ looked, total }: { looked: Amounts; total: Amounts }) {
  const { t } = useTranslation("policy");
  const { number } = useFormat();
  const ofRepositories = looked.repositories < total.repositories;
  const ofArtifacts = looked.artifacts < total.artifacts;
  if (!ofRepositories && !ofArtifacts) return null;
  const title =
    ofRepositories && ofArtifacts
      ? t("preview.partOfBoth", {
          artifacts: number(looked.artifacts),
          allArtifacts: number(total.artifacts),
          repositories: number(looked.repositories),
          allRepositories: number(total.repositories),
        })
      : ofArtifacts
        ? t("preview.partOfArtifacts", { looked: number(looked.artifacts), total: number(total.artifacts) })
        : t("preview.partOfRepositories", {
            looked: number(looked.repositories),
            total: number(total.repositories),
          });
  return <Alert isInline isPlain variant="info" title={title} />;
}
