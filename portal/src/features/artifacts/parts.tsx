/** Small pieces that tables and pages show of an artifact. */

import { Label } from "@patternfly/react-core";
import BrainIcon from "@patternfly/react-icons/dist/esm/icons/brain-icon";
import CubeIcon from "@patternfly/react-icons/dist/esm/icons/cube-icon";
import CubesIcon from "@patternfly/react-icons/dist/esm/icons/cubes-icon";
import FileIcon from "@patternfly/react-icons/dist/esm/icons/file-icon";
import ListIcon from "@patternfly/react-icons/dist/esm/icons/list-icon";
import LockIcon from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import PuzzlePieceIcon from "@patternfly/react-icons/dist/esm/icons/puzzle-piece-icon";
import ShieldAltIcon from "@patternfly/react-icons/dist/esm/icons/shield-alt-icon";
import ShipIcon from "@patternfly/react-icons/dist/esm/icons/ship-icon";
import { Link } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { shortened, useFormat } from "~/ui/format";
import { LabelChip } from "~/ui/LabelChip";
import { attachedKind, imageOfArtifact, isIndex, isKind, isSigned, platformText } from "./kind";
import type { Artifact, Place } from "./queries";

const ICONS: Record<string, ComponentType> = {
  IMAGE: CubeIcon,
  CHART: ShipIcon,
  WASM: PuzzlePieceIcon,
  CNAB: CubesIcon,
  CNAI: BrainIcon,
  SBOM: ListIcon,
};

export function TypeIcon({ artifact }: { artifact: Artifact }) {
  const Icon = isIndex(artifact) ? CubesIcon : (ICONS[artifact.type] ?? FileIcon);
  return <Icon />;
}

/** What it is, in words: an index is told from an image. */
export function useTypeText(): (artifact: Pick<Artifact, "type" | "references">) => string {
  const { t } = useTranslation("artifacts");
  return (artifact) => {
    if (isIndex(artifact) && artifact.type === "IMAGE") return t("type.index");
    return isKind(artifact.type) ? t(`type.${artifact.type}`) : artifact.type;
  };
}

/** What it is, and for which platform: quiet, under its name. */
export function Kind({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const typeText = useTypeText();
  const image = imageOfArtifact(artifact);
  const detail = isIndex(artifact)
    ? t("entries", { count: artifact.references?.length ?? 0 })
    : platformText({ os: image.os ?? "", architecture: image.architecture ?? "", variant: image.variant });
  return <div className="minato-quiet">{[typeText(artifact), detail].filter(Boolean).join(" · ")}</div>;
}

/** How many tags stand in a row of a table. */
const TAGS = 3;

/** The first tags, each a link, and how many there are beside them. */
export function Tags({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const tags = artifact.tags ?? [];
  if (tags.length === 0) {
    return (
      <Label isCompact variant="outline" color="orange" title={t("untaggedHelp")}>
        {t("untagged")}
      </Label>
    );
  }
  const more = tags.length - TAGS;
  return (
    <span style={{ display: "flex", flexWrap: "wrap", gap: "0.25rem" }}>
      {tags.slice(0, TAGS).map(({ id, name, immutable }) => (
        <Label
          key={id}
          isCompact
          isClickable
          textMaxWidth="14rem"
          icon={immutable ? <LockIcon aria-label={t("immutable")} /> : undefined}
          render={({ className, content }) => (
            <Link
              className={className}
              to="/projects/$project/repositories/$repository/artifacts/$reference"
              params={{ ...place, reference: name }}
              title={name}
            >
              {content}
            </Link>
          )}
        >
          {shortened(name)}
        </Label>
      ))}
      {more > 0 && (
        <Link
          to="/projects/$project/repositories/$repository/artifacts/$reference"
          params={{ ...place, reference: artifact.digest }}
          search={{ tab: "tags" }}
        >
          {t("moreTags", { count: more })}
        </Link>
      )}
    </span>
  );
}

/** That somebody signed it; by which way, on hover. */
export function SignedLabel({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const { list } = useFormat();
  const kinds = new Set((artifact.accessories ?? []).map(({ type }) => attachedKind(type)));
  const ways = [...kinds].filter((kind) => kind === "cosign" || kind === "notation");
  return (
    <Label
      isCompact
      color="green"
      icon={<ShieldAltIcon />}
      title={list(ways.map((kind) => t(`attached.${kind}`)))}
    >
      {t("signed")}
    </Label>
  );
}

/** Whether somebody signed it. */
export function Signed({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation();
  if (isSigned(artifact)) return <SignedLabel artifact={artifact} />;
  return <span className="minato-quiet">{t("no")}</span>;
}

/** What is attached to it beside signatures. */
export function Attached({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const counts = new Map<string, number>();
  for (const { type } of artifact.accessories ?? []) {
    const text = t(`attached.${attachedKind(type)}`);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (
    <div key={text}>{count > 1 ? t("attached.several", { kind: text, count }) : text}</div>
  ));
}

export function Labels({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const labels = artifact.labels ?? [];
  if (labels.length === 0) return null;
  return (
    <span
      title={t("labels.title")}
      style={{ display: "flex", flexWrap: "wrap", gap: "0.25rem", marginBlock: "0.15rem" }}
    >
      {labels.map(({ id, name, color }) => (
        <LabelChip key={id} name={name} color={color} />
      ))}
    </span>
  );
}
