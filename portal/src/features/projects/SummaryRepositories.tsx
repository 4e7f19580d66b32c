/** How many repositories a project has, and which hold the most artifacts. */

import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { ShareBar } from "~/ui/ShareBar";
import { Failed, Loading } from "~/ui/states";
import { sampleOfRepositoriesQuery } from "./summary-queries";

const MOST_SHOWN = 6;

export function SummaryRepositories({ project, count }: { project: string; count: number }) {
  const { t } = useTranslation("projects");
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("statistics.repositories", { count })}</CardTitle>
      <CardBody>
        {count === 0 ? (
          <p className="minato-quiet">{t("summary.noRepositories")}</p>
        ) : (
          <Largest project={project} />
        )}
      </CardBody>
    </Card>
  );
}

function Largest({ project }: { project: string }) {
  const { t } = useTranslation("projects");
  const { number } = useFormat();
  const { data, error, refetch } = useQuery(sampleOfRepositoriesQuery(project));
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  const rows = data.items.toSorted((a, b) => b.artifact_count - a.artifact_count).slice(0, MOST_SHOWN);
  const most = Math.max(1, rows[0]?.artifact_count ?? 1);
  const home = `/projects/${encodeURIComponent(project)}/repositories/`;
  const address = (name: string): string => home + encodeURIComponent(name);
  const looked = data.items.length;
  return (
    <>
      <p className="minato-quiet">
        {data.total > looked ? t("summary.largestOf", { looked: number(looked) }) : t("summary.largest")}
      </p>
      <ol style={{ listStyle: "none", padding: 0 }}>
        {rows.map(({ name, artifact_count }) => {
          const short = name.slice(project.length + 1);
          return (
            <li key={name} style={{ marginBlockStart: "var(--pf-t--global--spacer--xs)" }}>
              <div style={{ display: "flex", justifyContent: "space-between", gap: "1rem" }}>
                <Link to={address(short)} style={{ overflowWrap: "anywhere" }}>
                  {short}
                </Link>
                <span>{t("summary.artifacts", { count: artifact_count })}</span>
              </div>
              <ShareBar share={artifact_count / most} />
            </li>
          );
        })}
      </ol>
    </>
  );
}
