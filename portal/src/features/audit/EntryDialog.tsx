/** All that is known of one entry of the audit log. */

import {
  Button,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ReadDialog } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { placeOf } from "./entries";
import type { Entry } from "./queries";
import { Result, useWords } from "./words";

export function EntryDialog({ entry, close }: { entry: Entry; close: () => void }) {
  const { t } = useTranslation(["audit", "common"]);
  const { dateTime, number } = useFormat();
  const words = useWords();
  const rows: [string, ReactNode][] = [
    [t("what"), entry.operation_description],
    [t("time.label"), `${dateTime(entry.op_time)} (${entry.op_time})`],
    [t("user"), entry.username],
    [t("operation"), words.operation(entry.operation)],
    [t("type"), words.resource(entry.resource_type)],
    [t("resource"), entry.resource || "–"],
    [t("result"), <Result key="result" done={entry.operation_result} />],
    [t("number"), number(entry.id)],
  ];
  return (
    <ReadDialog title={t("entry")} actions={<Place entry={entry} />} close={close}>
      <DescriptionList isHorizontal isCompact>
        {rows.map(([term, value]) => (
          <DescriptionListGroup key={term}>
            <DescriptionListTerm>{term}</DescriptionListTerm>
            <DescriptionListDescription style={{ overflowWrap: "anywhere" }}>
              {value}
            </DescriptionListDescription>
          </DescriptionListGroup>
        ))}
      </DescriptionList>
    </ReadDialog>
  );
}

function Place({ entry }: { entry: Entry }) {
  const { t } = useTranslation("audit");
  const place = placeOf(entry);
  if (!place) return null;
  const home = `/projects/${encodeURIComponent(place.project)}`;
  const address: string = place.repository
    ? `${home}/repositories/${encodeURIComponent(place.repository)}`
    : home;
  return (
    <Button variant="secondary" component={(props) => <Link {...props} to={address} />}>
      {t(place.repository ? "toRepository" : "toProject")}
    </Button>
  );
}
