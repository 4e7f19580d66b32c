/** How much is in a repository, how often it is pulled, and when it changed, in a line. */

import { Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Time, useFormat } from "~/ui/format";
import { Sentence } from "~/ui/Sentence";
import type { Repository } from "./queries";

export function RepositoryFacts({ repository }: { repository: Repository }) {
  const { t } = useTranslation("artifacts");
  const { number } = useFormat();
  const { artifact_count: artifacts, pull_count: pulls, update_time: updated } = repository;
  return (
    <Content component="small">
      {t("facts.artifacts", { count: artifacts, number: number(artifacts) })} ·{" "}
      {t("facts.pulls", { count: pulls, number: number(pulls) })} ·{" "}
      <Sentence text={t("facts.updated")} parts={{ time: <Time value={updated} /> }} />
    </Content>
  );
}
