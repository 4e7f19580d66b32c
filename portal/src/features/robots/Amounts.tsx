/** What a set of permissions amounts to, in words. */

import { Alert, List, ListItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { amounts, cautions, type Grant, type Level, VERBS } from "./permissions";
import { catalogueQuery } from "./queries";
import { useWords } from "./words";

export function Amounts({ grant, level }: { grant: Grant; level: Level }) {
  const { t } = useTranslation("robots");
  const { list } = useFormat();
  const words = useWords(grant.kind);
  const { data: catalogue } = useQuery(catalogueQuery);
  const offered = catalogue?.[grant.kind]?.length ?? Number.POSITIVE_INFINITY;
  const isAll = grant.access.length >= offered;
  const lines = isAll ? [] : amounts(grant.access, level);
  if (grant.access.length === 0) return <p className="minato-quiet">{t("amounts.nothing")}</p>;
  return (
    <>
      <List isPlain>
        {isAll && <ListItem>{t("amounts.everything")}</ListItem>}
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
