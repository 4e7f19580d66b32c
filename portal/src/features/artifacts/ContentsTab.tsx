/** What an index lists: for which platform each entry is. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { type Column, DataTable } from "~/ui/DataTable";
import { Size } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useScanning } from "./actions";
import { ArtifactLink } from "./columns";
import { isAttestation, overviewOf, platformText, shortDigest } from "./kind";
import { useParents } from "./parents";
import { Signed, Tags } from "./parts";
import { type Artifact, childrenQuery, type Place } from "./queries";
import { ScanSummary } from "./ScanSummary";

interface Entry {
  reference: Schemas["Reference"];
  artifact: Artifact | undefined;
}

export default function ContentsTab({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const state = useListState([]);
  const { hasScanner } = useScanning(place);
  const parents = [...useParents(), artifact.digest];
  const all = artifact.references ?? [];
  const shown = all.slice((state.page - 1) * state.pageSize, state.page * state.pageSize);
  const children = useQuery(
    childrenQuery(
      place,
      shown.map(({ child_digest: digest }) => digest),
    ),
  );
  const found = new Map(children.data?.items.map((child) => [child.digest, child]));
  const entries = shown.map((reference) => ({ reference, artifact: found.get(reference.child_digest) }));
  return (
    <DataTable
      id="contents"
      label={t("platforms.title")}
      columns={useColumns(place, parents, hasScanner || overviewOf(artifact) !== undefined)}
      list={{ ...children, data: children.data && { items: entries, total: all.length } }}
      state={state}
      rowKey={({ reference }) => reference.child_digest}
      rowName={({ reference }) => shortDigest(reference.child_digest)}
      empty={null}
    />
  );
}

function useColumns(place: Place, parents: string[], hasScanner: boolean): Column<Entry>[] {
  const { t } = useTranslation(["artifacts", "common"]);
  const findings: Column<Entry> = {
    key: "vulnerabilities",
    label: t("vulnerabilities"),
    render: ({ artifact }) => artifact && <ScanSummary place={place} artifact={artifact} />,
  };
  return [
    {
      key: "platform",
      label: t("platforms.platform"),
      width: 20,
      render: ({ reference: { platform, annotations } }) =>
        isAttestation(annotations)
          ? t("platforms.attestation")
          : platformText(platform) || <span className="minato-quiet">{t("platforms.unknown")}</span>,
    },
    {
      key: "artifact",
      label: t("artifact"),
      render: ({ reference, artifact }) =>
        artifact ? (
          <ArtifactLink place={place} artifact={artifact} parents={parents} />
        ) : (
          t("platforms.missing", { digest: shortDigest(reference.child_digest) })
        ),
    },
    {
      key: "tags",
      label: t("tags"),
      render: ({ artifact }) => (artifact?.tags?.length ? <Tags place={place} artifact={artifact} /> : null),
    },
    {
      key: "signed",
      label: t("signed"),
      hidden: true,
      render: ({ artifact }) => artifact && <Signed artifact={artifact} />,
    },
    ...(hasScanner ? [findings] : []),
    {
      key: "size",
      label: t("common:size"),
      modifier: "nowrap",
      render: ({ artifact }) => artifact && <Size bytes={artifact.size} />,
    },
  ];
}
