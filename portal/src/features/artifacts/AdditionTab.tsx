/** A part of an artifact that is worth a look: its readme, values, files, how it was built. */

import { Button } from "@patternfly/react-core";
import DownloadIcon from "@patternfly/react-icons/dist/esm/icons/download-icon";
import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/client";
import { Empty, Failed, Loading } from "~/ui/states";
import { Bom, Dependencies, Files, History } from "./additions";
import { type Artifact, additionQuery, type Place } from "./queries";
import { Source } from "./source";

const Markdown = lazy(() => import("~/ui/Markdown"));

export default function AdditionTab({
  place,
  artifact,
  name,
}: {
  place: Place;
  artifact: Artifact;
  name: string;
}) {
  const { t } = useTranslation("artifacts");
  const { data: text, error, refetch } = useQuery(additionQuery(place, artifact.digest, name));
  const link = artifact.addition_links?.[name];
  // The server names a part that charts can have, whether this one has it or not.
  if (text?.trim() === "" || (error instanceof ApiError && error.status === 404)) {
    return name === "readme.md" ? (
      <Empty title={t("addition.noReadme")}>{t("addition.noReadmeHelp")}</Empty>
    ) : (
      <Empty title={t("addition.missing")}>{t("addition.missingHelp")}</Empty>
    );
  }
  if (error) return <Failed error={error} retry={refetch} />;
  if (text === undefined) return <Loading />;
  return (
    <>
      <Part name={name} text={text} />
      {link && name !== "build_history" && name !== "dependencies" && (
        <Button
          className="minato-gap"
          variant="link"
          isInline
          icon={<DownloadIcon />}
          component="a"
          href={link.href}
          download={fileName(name, artifact)}
        >
          {t("addition.download")}
        </Button>
      )}
    </>
  );
}

function fileName(name: string, { digest }: Artifact): string {
  return name === "sbom" ? `${digest.replace(":", "-")}.spdx.json` : name;
}

function Part({ name, text }: { name: string; text: string }) {
  switch (name) {
    case "readme.md":
      return <Markdown text={text} />;
    case "build_history":
      return <History json={text} />;
    case "dependencies":
      return <Dependencies json={text} />;
    case "files":
      return <Files json={text} />;
    case "sbom":
      return <Bom json={text} />;
    default:
      return <Source text={text} label={name} />;
  }
}
