/** What a scanner says of itself. */

import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ReadDialog } from "~/ui/dialogs";
import { Failed, Loading } from "~/ui/states";
import { metadataQuery, type Scanner } from "./queries";

export function MetadataDialog({ scanner, close }: { scanner: Scanner; close: () => void }) {
  const { t } = useTranslation(["scanners", "common"]);
  return (
    <ReadDialog title={t("metadata.of", { name: scanner.name })} close={close}>
      <Metadata uuid={scanner.uuid} />
    </ReadDialog>
  );
}

function Metadata({ uuid }: { uuid: string }) {
  const { t } = useTranslation("scanners");
  const { data, error, refetch } = useQuery(metadataQuery(uuid));
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  const { scanner, capabilities, properties } = data;
  return (
    <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "14rem" }}>
      <Fact term={t("product")}>
        {scanner.name} {scanner.version} ({scanner.vendor})
      </Fact>
      {capabilities.map(({ type, consumes_mime_types, produces_mime_types }) => (
        <Fact
          key={`${type} ${produces_mime_types.join()}`}
          term={t("metadata.scans", { type: type || "vulnerability" })}
        >
          {t("metadata.consumes")}
          <Mimes types={consumes_mime_types} />
          {t("metadata.produces")}
          <Mimes types={produces_mime_types} />
        </Fact>
      ))}
      {Object.entries(properties).map(([name, value]) => (
        <Fact key={name} term={name}>
          {value}
        </Fact>
      ))}
    </DescriptionList>
  );
}

function Mimes({ types }: { types: string[] }) {
  return (
    <ul>
      {types.map((type) => (
        <li key={type}>
          <code>{type}</code>
        </li>
      ))}
    </ul>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm style={{ overflowWrap: "anywhere" }}>{term}</DescriptionListTerm>
      <DescriptionListDescription style={{ overflowWrap: "anywhere" }}>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
