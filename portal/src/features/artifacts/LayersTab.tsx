/** What an artifact consists of: its layers, and the manifest that names them. */

import { ExpandableSection } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { Digest } from "~/ui/Copy";
import { Size } from "~/ui/format";
import { Name } from "~/ui/Name";
import { ShareBar } from "~/ui/ShareBar";
import { Empty, Failed, Loading } from "~/ui/states";
import { type Layer, layersOf } from "./attributes";
import { type Artifact, additionQuery, type Place } from "./queries";
import { Source } from "./source";

export default function LayersTab({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const { data: text, error, refetch } = useQuery(additionQuery(place, artifact.digest, "manifest"));
  if (error) return <Failed error={error} retry={refetch} />;
  if (text === undefined) return <Loading />;
  return (
    <>
      <Layers json={text} />
      <ExpandableSection className="minato-gap" toggleText={t("layers.manifest")}>
        <Source text={indented(text)} label={t("layers.manifest")} />
      </ExpandableSection>
    </>
  );
}

function Layers({ json }: { json: string }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { compact } = usePreferences();
  const layers = useMemo(() => layersOf(json), [json]);
  const largest = Math.max(1, ...layers.map(({ size }) => size));
  if (layers.length === 0) return <Empty title={t("layers.none")} />;
  return (
    <Table aria-label={t("layers.title")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th modifier="fitContent">{t("layers.number")}</Th>
          <Th modifier="nowrap">{t("overview.digest")}</Th>
          <Th>{t("mediaType")}</Th>
          <Th width={20}>{t("common:size")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {layers.map((layer, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one may be there twice, and they never change
          <Tr key={index}>
            <Td dataLabel={t("layers.number")}>{index + 1}</Td>
            <Td dataLabel={t("overview.digest")} modifier="nowrap">
              <Digest value={layer.digest} />
            </Td>
            <Td dataLabel={t("mediaType")} modifier="breakWord">
              <MediaType layer={layer} />
            </Td>
            <Td dataLabel={t("common:size")}>
              <Size bytes={layer.size} />
              <ShareBar share={layer.size / largest} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Its type, and the name of the file that it is, where it has one. */
function MediaType({ layer: { mediaType, title } }: { layer: Layer }) {
  return (
    <>
      {title && <div>{title}</div>}
      <code>
        <Name text={mediaType} />
      </code>
    </>
  );
}

/** The manifest as it reads well; as it was pushed if it is not what it should be. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
