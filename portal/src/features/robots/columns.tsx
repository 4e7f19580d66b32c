/** The columns of the table of robots. */

import { Button, Label, Popover } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Column } from "~/ui/DataTable";
import { Time } from "~/ui/format";
import { Amounts } from "./Amounts";
import { lasting } from "./expiry";
import { ALL_PROJECTS, type Grant, grantsOf, type Level, presetOf } from "./permissions";
import { catalogueQuery, type Robot } from "./queries";

export function useColumns(level: Level, mayCreate: boolean): Column<Robot>[] {
  const { t } = useTranslation(["robots", "common"]);
  const brief = useBrief(level, mayCreate);
  return [
    {
      key: "name",
      label: t("common:name"),
      sort: "name",
      width: 25,
      modifier: "breakWord",
      render: ({ name }) => name,
    },
    {
      key: "state",
      label: t("common:state"),
      modifier: "nowrap",
      render: (robot) => <State robot={robot} />,
    },
    {
      key: "permissions",
      label: t("permissions"),
      width: 30,
      render: (robot) => <Summary robot={robot} level={level} brief={brief} />,
    },
    {
      key: "expires",
      label: t("expires"),
      sort: "expires_at",
      modifier: "nowrap",
      render: ({ expires_at }) =>
        expires_at < 0 ? t("never") : <Time value={new Date(expires_at * 1000).toISOString()} />,
    },
    {
      key: "description",
      label: t("common:description"),
      modifier: "breakWord",
      hidden: true,
      render: ({ description }) => description,
    },
    {
      key: "created",
      label: t("common:created"),
      sort: "creation_time",
      modifier: "nowrap",
      render: ({ creation_time }) => <Time value={creation_time} />,
    },
  ];
}

function State({ robot }: { robot: Robot }) {
  const { t } = useTranslation(["robots", "common"]);
  const left = lasting(robot.expires_at);
  const [color, text] = robot.disable
    ? (["grey", t("common:disabled")] as const)
    : left === "ended"
      ? (["red", t("ended")] as const)
      : left === "soon"
        ? (["orange", t("endsSoon")] as const)
        : (["green", t("common:enabled")] as const);
  return (
    <Label isCompact color={color}>
      {text}
    </Label>
  );
}

/** How many places are named before the rest is counted. */
const NAMED = 2;

function Summary({ robot, level, brief }: { robot: Robot; level: Level; brief: (grant: Grant) => string }) {
  const { t } = useTranslation(["robots", "common"]);
  const grants = grantsOf(robot);
  const rest = grants.length - NAMED;
  return (
    <Popover
      // Its own header would be a second banner of the page.
      bodyContent={
        <>
          <h2 className="pf-v6-c-popover__title-text">{t("permissionsOf", { name: robot.name })}</h2>
          <Places grants={grants} level={level} />
        </>
      }
      maxWidth="34rem"
      aria-label={t("permissionsOf", { name: robot.name })}
      closeBtnAriaLabel={t("common:close")}
    >
      <Button variant="link" isInline style={{ textAlign: "start", whiteSpace: "normal" }}>
        {grants.slice(0, NAMED).map((grant) => (
          <span key={`${grant.kind}${grant.namespace}`} style={{ display: "block" }}>
            {brief(grant)}
          </span>
        ))}
        {rest > 0 && t("morePlaces", { count: rest })}
        {grants.length === 0 && t("amounts.nothing")}
      </Button>
    </Popover>
  );
}

/** What a robot may do in one place, in a few words. */
function useBrief(level: Level, mayCreate: boolean) {
  const { t } = useTranslation("robots");
  // Nobody else is told what can be given, which is needed to know what everything is.
  const { data: catalogue } = useQuery({ ...catalogueQuery, enabled: mayCreate });
  return (grant: Grant) => {
    const count = grant.access.length;
    if (grant.kind === "system") return t("brief.system", { count });
    const preset = presetOf(grant.access, catalogue?.project, level);
    const what = preset ? t(`preset.${preset}`) : t("brief.permissions", { count });
    if (level === "project") return what;
    const project = grant.namespace;
    return project === ALL_PROJECTS ? t("brief.all", { what }) : t("brief.project", { project, what });
  };
}

function Places({ grants, level }: { grants: Grant[]; level: Level }) {
  const { t } = useTranslation("robots");
  const placeOf = ({ kind, namespace }: Grant) => {
    if (kind === "system") return t("onSystem");
    return namespace === ALL_PROJECTS ? t("allProjects") : t("inProject", { project: namespace });
  };
  return (
    <div style={{ maxHeight: "50vh", overflow: "auto" }}>
      {grants.map((grant) => (
        <div key={`${grant.kind}${grant.namespace}`} className="minato-gap">
          <strong>{placeOf(grant)}</strong>
          <Amounts grant={grant} level={level} />
        </div>
      ))}
    </div>
  );
}
