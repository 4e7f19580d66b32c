/** Why the bytes of a digest are still stored: who needs them, and until when they are held. */

import {
  Button,
  Card,
  CardBody,
  CardTitle,
  Content,
  DescriptionList,
  Flex,
  FlexItem,
  TextInput,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { Digest } from "~/ui/Copy";
import { useFormat } from "~/ui/format";
import { Alert } from "~/ui/patternfly/Alert";
import { Failed, Loading } from "~/ui/states";
import { Fact } from "./LatestCard";
import { blobQuery } from "./queries";

const DIGEST = /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

export function BlobLookup() {
  const { t } = useTranslation("cleanup");
  const navigate = useNavigate();
  const { digest } = useSearch({ strict: false }) as { digest?: unknown };
  const asked = typeof digest === "string" && DIGEST.test(digest) ? digest : "";
  const [text, setText] = useState(asked);
  const wanted = text.trim();
  const isGood = DIGEST.test(wanted);
  const look = (event: FormEvent) => {
    event.preventDefault();
    if (!isGood) return;
    navigate({
      to: ".",
      search: ((before: object) => ({ ...before, digest: wanted })) as never,
      resetScroll: false,
    });
  };
  return (
    <Card isCompact>
      <CardTitle component="h2">{t("blob.title")}</CardTitle>
      <CardBody>
        <Content component="p" className="minato-quiet">
          {t("blob.text")}
        </Content>
        <form onSubmit={look}>
          <Flex gap={{ default: "gapSm" }} flexWrap={{ default: "nowrap" }}>
            <FlexItem grow={{ default: "grow" }}>
              <TextInput
                aria-label={t("blob.label")}
                placeholder="sha256:…"
                value={text}
                validated={wanted && !isGood ? "error" : "default"}
                onChange={(_, value) => setText(value)}
              />
            </FlexItem>
            <Button type="submit" variant="secondary" isDisabled={!isGood}>
              {t("blob.look")}
            </Button>
          </Flex>
        </form>
        {wanted && !isGood && <p className="minato-quiet">{t("blob.rule")}</p>}
        {asked && <Reasons digest={asked} />}
      </CardBody>
    </Card>
  );
}

function Reasons({ digest }: { digest: string }) {
  const { t } = useTranslation("cleanup");
  const { dateTime } = useFormat();
  const { data, error, refetch } = useQuery(blobQuery(digest));
  if (error) return <Failed error={error} retry={refetch} />;
  if (data === undefined) return <Loading />;
  if (data === null)
    return (
      <Alert isInline variant="info" title={t("blob.unknown")} className="minato-gap">
        {t("blob.unknownText")}
      </Alert>
    );
  const isKept = data.kept_by.length > 0 || data.deletions.length > 0;
  return (
    <div className="minato-gap">
      {data.damage && <Alert isInline variant="danger" title={t("blob.damaged", { damage: data.damage })} />}
      {data.garbage && <Alert isInline variant="info" title={t("blob.garbage")} />}
      {!isKept && !data.garbage && <Alert isInline variant="info" title={t("blob.soon")} />}
      <DescriptionList isCompact className="minato-gap">
        {data.kept_by.map((holder) => (
          <Holder key={holder.repository} holder={holder} />
        ))}
        {data.deletions.map((deletion) => (
          <Fact key={deletion.id} term={t("blob.deletion", { repository: deletion.repository })}>
            {t("blob.until", { time: dateTime(deletion.expiration_time) })}{" "}
            <Link
              to="/projects/$project/deleted"
              params={{ project: deletion.repository.split("/")[0] ?? "" }}
            >
              {t("blob.toDeleted")}
            </Link>
          </Fact>
        ))}
      </DescriptionList>
    </div>
  );
}

/** A repository that has the blob, with the manifests that need it. */
function Holder({ holder }: { holder: Schemas["BlobHolder"] }) {
  const { t } = useTranslation("cleanup");
  const { dateTime } = useFormat();
  const [project = "", ...rest] = holder.repository.split("/");
  const repository = rest.join("/");
  return (
    <Fact term={t("blob.keptBy", { repository: holder.repository })}>
      {holder.artifacts.length === 0 && t("blob.noManifest")}
      <Flex gap={{ default: "gapSm" }}>
        {holder.artifacts.map((artifact) => (
          <Flex key={artifact} gap={{ default: "gapXs" }}>
            <Digest value={artifact} />
            <a href={artifactAddress(project, repository, artifact)}>{t("blob.open")}</a>
          </Flex>
        ))}
      </Flex>
      {holder.held_until && <div>{t("blob.held", { time: dateTime(holder.held_until) })}</div>}
    </Fact>
  );
}

function artifactAddress(project: string, repository: string, digest: string): string {
  return `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(repository)}/artifacts/${digest}`;
}
