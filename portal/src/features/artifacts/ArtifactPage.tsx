/** One artifact: what it is, what it holds, what refers to it, and what is known against it. */

import { DropdownItem, DropdownList, Flex, FlexItem, Label } from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { type AddressTab, AddressTabs } from "~/ui/AddressTabs";
import { Digest } from "~/ui/Copy";
import { Size } from "~/ui/format";
import { Menu } from "~/ui/Menu";
import { Failed, Loading } from "~/ui/states";
import { useArtifactActions } from "./actions";
import { Head } from "./Head";
import { imageOfArtifact, isIndex, isSigned, nameOf, overviewOf, platformText, referenceOf } from "./kind";
import { useParents, WITHIN } from "./parents";
import { Labels, SignedLabel, Tags, useTypeText } from "./parts";
import { type Artifact, artifactQuery, type Place } from "./queries";

const Overview = lazy(() => import("./Overview"));
const TagsTab = lazy(() => import("./TagsTab"));
const ContentsTab = lazy(() => import("./ContentsTab"));
const LayersTab = lazy(() => import("./LayersTab"));
const AttachedTab = lazy(() => import("./AttachedTab"));
const VulnerabilitiesTab = lazy(() => import("./VulnerabilitiesTab"));
const AdditionTab = lazy(() => import("./AdditionTab"));

export default function ArtifactPage() {
  const { reference, ...place } = useParams({
    from: "/shell/projects/$project/repositories/$repository/artifacts/$reference",
  });
  const parents = useParents();
  const navigate = useNavigate();
  const { data: artifact, error, refetch } = useQuery(artifactQuery(place, reference));
  const actions = useArtifactActions(place, (gone) =>
    gone.length > 0
      ? navigate({ to: "/projects/$project/repositories/$repository", params: place })
      : undefined,
  );
  const title = nameOf(
    place.repository,
    artifact && reference === artifact.digest ? referenceOf(artifact) : reference,
  );
  if (error && !artifact) {
    return (
      <>
        <Head place={place} title={title} crumb={title} parents={parents} />
        <Failed error={error} retry={refetch} />
      </>
    );
  }
  if (!artifact) return <Loading />;
  return (
    <div>
      <Head
        place={place}
        title={title}
        crumb={title}
        parents={parents}
        subtitle={<Facts place={place} artifact={artifact} />}
        actions={<Actions items={actions.of(artifact)} />}
      />
      <Parts place={place} reference={reference} artifact={artifact} hasScanner={actions.hasScanner} />
      {actions.dialogs}
    </div>
  );
}

/** What it is, at a glance. */
function Facts({ place, artifact }: { place: Place; artifact: Artifact }) {
  const typeText = useTypeText();
  const platform = platformText(platformOf(artifact));
  return (
    <Flex
      columnGap={{ default: "columnGapMd" }}
      rowGap={{ default: "rowGapXs" }}
      alignItems={{ default: "alignItemsCenter" }}
    >
      <Label isCompact color="blue">
        {typeText(artifact)}
      </Label>
      {platform && <FlexItem>{platform}</FlexItem>}
      <FlexItem>
        <Size bytes={artifact.size} />
      </FlexItem>
      <FlexItem>
        <Digest value={artifact.digest} />
      </FlexItem>
      <FlexItem>
        <Tags place={place} artifact={artifact} />
      </FlexItem>
      {isSigned(artifact) && <SignedLabel artifact={artifact} />}
      <Labels artifact={artifact} />
    </Flex>
  );
}

function platformOf(artifact: Artifact) {
  const { os, architecture, variant } = imageOfArtifact(artifact);
  return { os: os ?? "", architecture: architecture ?? "", variant };
}

function Actions({ items }: { items: IAction[] }) {
  const { t } = useTranslation();
  return (
    <Menu popperProps={{ position: "right" }} button={{ variant: "secondary", children: t("table.actions") }}>
      <DropdownList>
        {items
          .filter(({ isSeparator }) => !isSeparator)
          .map(({ title, onClick, isDanger }) => (
            <DropdownItem
              key={String(title)}
              isDanger={isDanger}
              onClick={(event) => onClick?.(event, 0, {}, {})}
            >
              {title}
            </DropdownItem>
          ))}
      </DropdownList>
    </Menu>
  );
}

/** The titles of additions, in the order of their tabs. */
const ADDITIONS = [
  ["readme.md", "addition.readme"],
  ["values.yaml", "addition.values"],
  ["dependencies", "addition.dependencies"],
  ["files", "addition.files"],
  ["license", "addition.license"],
  ["sbom", "addition.sbom"],
  ["build_history", "history.title"],
] as const;

function Parts({
  place,
  reference,
  artifact,
  hasScanner,
}: {
  place: Place;
  reference: string;
  artifact: Artifact;
  hasScanner: boolean;
}) {
  const { t } = useTranslation("artifacts");
  const links = artifact.addition_links ?? {};
  const tabs: (AddressTab | false)[] = [
    {
      key: "overview",
      title: t("overview.title"),
      content: <Overview place={place} reference={reference} artifact={artifact} />,
    },
    isIndex(artifact) && {
      key: "contents",
      title: t("platforms.title"),
      content: <ContentsTab place={place} artifact={artifact} />,
    },
    !isIndex(artifact) && {
      key: "layers",
      title: t("layers.title"),
      content: <LayersTab place={place} artifact={artifact} />,
    },
    ("vulnerabilities" in links || (hasScanner && overviewOf(artifact) !== undefined)) && {
      key: "vulnerabilities",
      title: t("vulnerabilities"),
      content: <VulnerabilitiesTab place={place} artifact={artifact} />,
    },
    {
      key: "tags",
      title: t("tags"),
      content: <TagsTab place={place} reference={reference} artifact={artifact} />,
    },
    {
      key: "attached",
      title: t("attached.title"),
      content: <AttachedTab place={place} reference={reference} artifact={artifact} />,
    },
    ...ADDITIONS.filter(([name]) => name in links).map(([name, title]) => ({
      key: name,
      title: t(title),
      content: <AdditionTab place={place} artifact={artifact} name={name} />,
    })),
  ];
  return (
    <AddressTabs
      key={artifact.digest}
      keeps={WITHIN}
      label={t("partsOfArtifact")}
      tabs={tabs.filter((tab) => tab !== false)}
    />
  );
}
