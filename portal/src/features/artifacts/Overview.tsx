/** What an artifact says of itself, and how it is pulled. */

import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Size, Time } from "~/ui/format";
import { Alert } from "~/ui/patternfly/Alert";
import { chartOf, commandLine, entriesOf, type Image } from "./attributes";
import { type Fact, FactList, isTold } from "./facts";
import { imageOfArtifact, isIndex, platformText } from "./kind";
import { PullCommands } from "./PullCommands";
import { useTypeText } from "./parts";
import type { Artifact, Place } from "./queries";

function Facts({ title, facts, terms }: { title: string; facts: Fact[]; terms?: string }) {
  if (!facts.some(isTold)) return null;
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h3">{title}</CardTitle>
      <CardBody>
        <FactList facts={facts} terms={terms} />
      </CardBody>
    </Card>
  );
}

/** Several values, each on a line of its own, as they were written. */
function Lines({ values }: { values: string[] | null | undefined }) {
  if (!values?.length) return null;
  return values.map((value) => (
    <div key={value}>
      <code>{value}</code>
    </div>
  ));
}

function lines(values: string[] | null | undefined): ReactNode {
  return values?.length ? <Lines values={values} /> : null;
}

function code(text: string | null | undefined): ReactNode {
  return text ? <code>{text}</code> : null;
}

/** An address that somebody wrote: a link if it leads to the web. */
function address(url: string | null | undefined): ReactNode {
  if (!url || !/^https?:\/\//i.test(url)) return url;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {url}
    </a>
  );
}

export default function Overview({
  place,
  reference,
  artifact,
}: {
  place: Place;
  reference: string;
  artifact: Artifact;
}) {
  const { t } = useTranslation("artifacts");
  const annotations = Object.entries(artifact.annotations ?? {});
  return (
    <div style={{ display: "grid", gap: "1rem" }}>
      <PullCommands place={place} reference={reference} artifact={artifact} />
      <div
        style={{
          display: "grid",
          gap: "1rem",
          gridTemplateColumns: "repeat(auto-fit, minmax(min(26rem, 100%), 1fr))",
        }}
      >
        <General artifact={artifact} />
        <Attributes artifact={artifact} />
      </div>
      <Facts
        title={t("overview.annotations")}
        facts={annotations.map(([name, value]) => [name, address(value)])}
        terms="22rem"
      />
    </div>
  );
}

function General({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const typeText = useTypeText();
  const { artifact_type: type, media_type: mediaType, manifest_media_type: manifestType } = artifact;
  return (
    <Facts
      title={t("overview.general")}
      facts={[
        [t("common:type"), typeText(artifact)],
        [t("overview.digest"), code(artifact.digest)],
        [t("common:size"), <Size key="size" bytes={artifact.size} />],
        [t("pushed"), <Time key="pushed" value={artifact.push_time} />],
        [t("pulled"), <Time key="pulled" value={artifact.pull_time} />],
        [t("overview.artifactType"), type && type !== mediaType ? code(type) : null],
        [t("mediaType"), code(mediaType)],
        [t("overview.manifestType"), manifestType === mediaType ? null : code(manifestType)],
      ]}
    />
  );
}

function Attributes({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  if (artifact.type === "CHART") return <ChartFacts artifact={artifact} />;
  if (isIndex(artifact)) return null;
  if (artifact.type === "IMAGE" || artifact.type === "WASM") {
    return <ImageFacts image={imageOfArtifact(artifact)} />;
  }
  const entries = entriesOf(artifact.extra_attrs);
  return (
    <Facts
      title={t("overview.attributes")}
      facts={entries.map(([name, value]) => [
        name,
        <span key={name} style={{ whiteSpace: "pre-wrap" }}>
          {value}
        </span>,
      ])}
    />
  );
}

function ImageFacts({ image }: { image: Image }) {
  const { t } = useTranslation("artifacts");
  const { config } = image;
  const platform = platformText({
    os: image.os ?? "",
    architecture: image.architecture ?? "",
    variant: image.variant,
  });
  const isKnown = image.created && !image.created.startsWith("0001-");
  return (
    <Facts
      title={t("overview.config")}
      facts={[
        [t("overview.platform"), platform],
        [t("overview.created"), isKnown ? <Time key="created" value={image.created} /> : null],
        [t("overview.author"), image.author],
        [t("overview.entrypoint"), code(commandLine(config?.Entrypoint ?? []))],
        [t("overview.cmd"), code(commandLine(config?.Cmd ?? []))],
        [t("overview.env"), lines(config?.Env)],
        [t("overview.user"), code(config?.User)],
        [t("overview.workdir"), code(config?.WorkingDir)],
        [t("overview.ports"), lines(Object.keys(config?.ExposedPorts ?? {}))],
        [t("overview.volumes"), lines(Object.keys(config?.Volumes ?? {}))],
        [t("overview.stopSignal"), code(config?.StopSignal)],
        [
          t("overview.imageLabels"),
          lines(Object.entries(config?.Labels ?? {}).map(([name, value]) => `${name}=${value}`)),
        ],
      ]}
    />
  );
}

function ChartFacts({ artifact }: { artifact: Artifact }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const chart = chartOf(artifact.extra_attrs);
  const maintainers = (chart.maintainers ?? []).map(({ name, email }) =>
    email ? `${name ?? ""} <${email}>`.trim() : (name ?? ""),
  );
  return (
    <div>
      {chart.deprecated && <Alert isInline variant="warning" title={t("overview.deprecated")} />}
      <Facts
        title={t("overview.chart")}
        facts={[
          [t("common:name"), chart.name],
          [t("overview.version"), chart.version],
          [t("overview.appVersion"), chart.appVersion],
          [t("common:description"), chart.description],
          [t("overview.kind"), chart.type],
          [t("overview.kubeVersion"), code(chart.kubeVersion)],
          [t("overview.home"), address(chart.home)],
          [
            t("overview.sources"),
            chart.sources?.length
              ? chart.sources.map((source) => <div key={source}>{address(source)}</div>)
              : null,
          ],
          [t("overview.keywords"), chart.keywords?.join(", ")],
          [t("overview.maintainers"), lines(maintainers)],
        ]}
      />
    </div>
  );
}
