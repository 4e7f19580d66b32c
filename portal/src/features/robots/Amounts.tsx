/** What a set of permissions amounts to, in words. */

import { HelperText, List, ListItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { amounts, cautions, type Grant, type Level, pairOf, VERBS } from "./permissions";
import { catalogueQuery } from "./queries";
import { useWords } from "./words";

export function Amounts({ grant, level }: { grant: Grant; level: Level }) {
  const { t } = useTranslation("robots");
  const { list } = useFormat();
  const words = useWords(grant.kind);
  // Who may not make robots is not told what they can be given.
  const { data: catalogue } = useQuery({ ...catalogueQuery, enabled: false });
  const offered = catalogue?.[grant.kind]?.map(pairOf);
  const isAll = offered?.every((pair) => grant.access.includes(pair)) ?? false;
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
      <HelperText>
        {cautions(grant, level).map((caution) => (
          <HelperTextItem key={caution} variant="warning">
            {t(`caution.${caution}`)}
          </HelperTextItem>
        ))}
      </HelperText>
    </>
  );
}
