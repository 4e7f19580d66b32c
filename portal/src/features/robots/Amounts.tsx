/** What a set of permissions amounts to, in words. */

import { Alert, List, ListItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { amounts, cautions, type Grant, type Level, VERBS } from "./permissions";
import { useWords } from "./words";

export function Amounts({ grant, level }: { grant: Grant; level: Level }) {
  const { t } = useTranslation("robots");
  const { list } = useFormat();
  const words = useWords();
  const lines = amounts(grant.access, level);
  if (lines.length === 0) return <p className="minato-quiet">{t("amounts.nothing")}</p>;
  return (
    <>
      <List isPlain>
        {lines.map(({ verb, resources }) => {
          const what = list(resources.map(words.resource));
          const known = VERBS.find((one) => one === verb);
          return (
            <ListItem key={verb}>
              {known ? t(`amounts.${known}`, { list: what }) : t("amounts.other", { verb, list: what })}
            </ListItem>
          );
        })}
      </List>
      {cautions(grant, level).map((caution) => (
        <Alert key={caution} isInline isPlain variant="warning" title={t(`caution.${caution}`)} />
      ))}
    </>
  );
}
