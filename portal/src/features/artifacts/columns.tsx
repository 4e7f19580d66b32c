/** The columns of a table of artifacts. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Column } from "~/ui/DataTable";
import { Size, Time } from "~/ui/format";
import { Name } from "~/ui/Name";
import { shortDigest } from "./kind";
import { within } from "./parents";
import { Attached, Kind, Labels, Signed, Tags, TypeIcon } from "./parts";
import type { Artifact, Place } from "./queries";
import { ScanSummary } from "./ScanSummary";

/** The link to an artifact, by its digest; `parents` are the indexes that it was found in. */
export function ArtifactLink({
  place,
  artifact,
  parents = [],
}: {
  place: Place;
  artifact: Artifact;
  parents?: string[];
}) {
  return (
    <Link
      to="/projects/$project/repositories/$repository/artifacts/$reference"
      params={{ ...place, reference: artifact.digest }}
      search={within(parents)}
      title={artifact.digest}
      style={{ whiteSpace: "nowrap" }}
    >
      <TypeIcon artifact={artifact} /> <code>{shortDigest(artifact.digest)}</code>
    </Link>
  );
}

export function useArtifactColumns(place: Place, hasScanner: boolean): Column<Artifact>[] {
  const { t } = useTranslation(["artifacts", "common"]);
  const findings: Column<Artifact> = {
    key: "vulnerabilities",
    label: t("vulnerabilities"),
    render: (artifact) => <ScanSummary place={place} artifact={artifact} />,
  };
  return [
    {
      key: "artifact",
      label: t("artifact"),
      sort: "digest",
      render: (artifact) => (
        <>
          <ArtifactLink place={place} artifact={artifact} />
          <Kind artifact={artifact} />
        </>
      ),
    },
    {
      key: "tags",
      label: t("tagsAndLabels"),
      width: 20,
      render: (artifact) => (
        <>
          <Tags place={place} artifact={artifact} />
          <Labels artifact={artifact} />
        </>
      ),
    },
    {
      key: "signed",
      label: t("signed"),
      render: (artifact) => <Signed artifact={artifact} />,
    },
    ...(hasScanner ? [findings] : []),
    {
      key: "size",
      label: t("common:size"),
      sort: "size",
      modifier: "nowrap",
      render: ({ size }) => <Size bytes={size} />,
    },
    {
      key: "attached",
      label: t("attached.title"),
      hidden: true,
      render: (artifact) => <Attached artifact={artifact} />,
    },
    {
      key: "mediaType",
      label: t("mediaType"),
      hidden: true,
      modifier: "breakWord",
      render: ({ artifact_type: type, media_type: mediaType }) => <Name text={type ?? mediaType} />,
    },
    {
      key: "annotations",
      label: t("overview.annotations"),
      hidden: true,
      modifier: "breakWord",
      render: ({ annotations }) => <Annotations of={annotations ?? {}} />,
    },
    ...useTimes(),
  ];
}

/** How many annotations stand in a row of a table. */
const ANNOTATIONS = 3;

/** The first annotations; all of them on hover. */
function Annotations({ of }: { of: Record<string, string> }) {
  const { t } = useTranslation();
  const all = Object.entries(of).map(([name, value]) => `${name}=${value}`);
  const more = all.length - ANNOTATIONS;
  return (
    <div title={all.join("\n")} style={{ inlineSize: "14rem" }}>
      {all.slice(0, ANNOTATIONS).map((one) => (
        <div
          key={one}
          style={{
            overflow: "hidden",
            textOverflow: "ellipsis",
            whiteSpace: "nowrap",
          }}
        >
          {one}
        </div>
      ))}
      {more > 0 && <span className="minato-quiet">{t("labels.more", { count: more })}</span>}
    </div>
  );
}

function useTimes(): Column<Artifact>[] {
  const { t } = useTranslation("artifacts");
  return [
    {
      key: "pushed",
      label: t("pushed"),
      sort: "push_time",
      render: ({ push_time: time }) => <Time value={time} />,
    },
    {
      key: "pulled",
      label: t("pulled"),
      sort: "pull_time",
      render: ({ pull_time: time }) => <Time value={time} />,
    },
  ];
}
