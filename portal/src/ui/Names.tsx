/** All that something is done to, by name: a list that scrolls where it is long. */

import { List, ListItem } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** How many are there without scrolling. */
const SEEN = 8;

export function Names({ names }: { names: { key: string | number; text: ReactNode }[] }) {
  const { t } = useTranslation();
  const scrolls = names.length > SEEN;
  return (
    <List
      aria-label={t("dialog.names")}
      style={{ overflowWrap: "anywhere", ...(scrolls && { maxBlockSize: "13rem", overflowY: "auto" }) }}
      // Nothing in it can have the focus, by which the keyboard would scroll.
      {...(scrolls && { tabIndex: 0 })}
    >
      {names.map(({ key, text }) => (
        <ListItem key={key}>{text}</ListItem>
      ))}
    </List>
  );
}
