/** A project at a glance: room, repositories, members, what happens in it, how to push to it. */

import { Card, CardBody, CardTitle, Grid, GridItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { useCan } from "~/app/session";
import { PushCommands } from "~/features/repositories/PushCommands";
import { useFormat } from "~/ui/format";
import { Growth } from "~/ui/Growth";
import { Failed, Loading } from "~/ui/states";
import { projectQuery } from "./queries";
import { SummaryActivity, SummaryRecent } from "./SummaryActivity";
import { SummaryRepositories } from "./SummaryRepositories";
import { SummaryStorage } from "./SummaryStorage";
import { growthQuery, summaryQuery } from "./summary-queries";

export default function SummaryPage() {
  const { t } = useTranslation("projects");
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const { data: project } = useQuery(projectQuery(name));
  const { data: summary, error, refetch } = useQuery(summaryQuery(name));
  const can = useCan(name);
  if (error) return <Failed error={error} retry={refetch} />;
  if (!project || !summary) return <Loading />;
  const seesLog = can("log", "list");
  const mayPush = can("repository", "push");
  return (
    <Grid hasGutter>
      {summary.quota && (
        <GridItem md={6} xl={5}>
          <SummaryStorage project={project} quota={summary.quota} />
        </GridItem>
      )}
      {/* Visitors are not told. */}
      {summary.project_admin_count !== undefined && (
        <GridItem md={6} xl={3}>
          <Members summary={summary} />
        </GridItem>
      )}
      <GridItem md={summary.quota ? 12 : 6} xl={summary.quota ? 4 : 6}>
        <SummaryRepositories project={name} count={summary.repo_count} />
      </GridItem>
      {summary.quota && (
        <GridItem lg={12} xl={6}>
          <SummaryGrowth project={name} />
        </GridItem>
      )}
      {summary.quota && (
        <GridItem lg={12} xl={6}>
          <SummaryActivity project={name} />
        </GridItem>
      )}
      {seesLog && (
        <GridItem lg={12} xl={6}>
          <SummaryRecent project={name} />
        </GridItem>
      )}
      {mayPush && (
        <GridItem lg={12} xl={seesLog ? 6 : 12}>
          <Card isCompact isFullHeight>
            <CardTitle component="h2">{t("summary.push")}</CardTitle>
            <CardBody>
              <PushCommands project={name} />
            </CardBody>
          </Card>
        </GridItem>
      )}
    </Grid>
  );
}

function SummaryGrowth({ project }: { project: string }) {
  return <Growth answer={useQuery(growthQuery(project))} />;
}

function Members({ summary }: { summary: Schemas["ProjectSummary"] }) {
  const { t } = useTranslation(["projects", "common"]);
  const { number } = useFormat();
  const rows = [
    ["projectAdmin", summary.project_admin_count],
    ["maintainer", summary.maintainer_count],
    ["developer", summary.developer_count],
    ["guest", summary.guest_count],
    ["limitedGuest", summary.limited_guest_count],
  ] as const;
  const total = rows.reduce((sum, [, count]) => sum + (count ?? 0), 0);
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("summary.members", { count: total })}</CardTitle>
      <CardBody>
        <dl>
          {rows.map(([role, count]) => (
            <div
              key={role}
              className={count ? undefined : "minato-quiet"}
              style={{ display: "flex", justifyContent: "space-between", gap: "1rem" }}
            >
              <dt>{t(`common:role.${role}`)}</dt>
              <dd>{number(count ?? 0)}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
