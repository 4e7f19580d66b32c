/** How much a project stores of what it may, and what undo holds beside that. */

import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { useCan, useIsAdmin } from "~/app/session";
import { useFormat } from "~/ui/format";
import { Alert } from "~/ui/patternfly/Alert";
import { Bar } from "./Bar";
import type { Project } from "./queries";
import { deletionsHeldQuery, type Held, quotaHeldQuery } from "./summary-queries";

const USED = "var(--pf-t--global--color--brand--default)";
const FULL = "var(--pf-t--global--color--status--danger--default)";
const HELD = "var(--pf-t--global--color--nonstatus--yellow--default)";

/** From this share on the project is almost full. */
const ALMOST = 0.9;

export function SummaryStorage({
  project,
  quota,
}: {
  project: Project;
  quota: Schemas["ProjectSummaryQuota"];
}) {
  const { t } = useTranslation("projects");
  const { bytes, exactBytes, percent } = useFormat();
  const used = quota.used.storage ?? 0;
  const limit = quota.hard.storage ?? -1;
  const held = useHeld(project);
  const isLimited = limit > 0;
  const free = Math.max(0, limit - used);
  const isHeld = held !== undefined && held.bytes > 0;
  const whole = isLimited ? Math.max(limit, used) : used + (held?.bytes ?? 0);
  const share = whole > 0 ? used / whole : 0;
  const inUse = { share, colour: isLimited && share >= ALMOST ? FULL : USED };
  // With a limit, what undo holds is no part of the bar; without one, only both together make one.
  const parts = isLimited ? [inUse] : isHeld ? [inUse, { share: 1 - share, colour: HELD }] : [];
  const title = isLimited
    ? used / limit < 0.001 && used > 0
      ? t("summary.usedOfLittle", { used: bytes(used), limit: bytes(limit) })
      : t("summary.usedOf", { used: bytes(used), limit: bytes(limit), share: percent(used / limit) })
    : t("summary.used", { used: bytes(used) });
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("summary.storage")}</CardTitle>
      <CardBody>
        <div
          title={(isLimited ? [used, limit] : [used]).map(exactBytes).join(" / ")}
          style={{ fontSize: "var(--pf-t--global--font--size--xl)" }}
        >
          {title}
        </div>
        {parts.length > 0 && (
          <div style={{ marginBlock: "var(--pf-t--global--spacer--sm)" }}>
            <Bar parts={parts} label={title} />
          </div>
        )}
        {isLimited ? (
          <p title={exactBytes(free)}>{t("summary.free", { size: bytes(free) })}</p>
        ) : (
          <p className="minato-quiet">{t("summary.noLimit")}</p>
        )}
        {isHeld && <HeldFact project={project.name} held={held} />}
        {isLimited && share >= ALMOST && (
          <Alert isInline isPlain variant="warning" title={t("summary.almostFull")} />
        )}
      </CardBody>
    </Card>
  );
}

function useHeld(project: Project): Held | undefined {
  const isAdmin = useIsAdmin();
  const can = useCan(project.name);
  const ofQuota = useQuery({ ...quotaHeldQuery(project.name, project.project_id), enabled: isAdmin });
  const seesDeletions = !isAdmin && can("artifact", "delete");
  const ofDeletions = useQuery({ ...deletionsHeldQuery(project.name), enabled: seesDeletions });
  return isAdmin ? ofQuota.data : ofDeletions.data;
}

function HeldFact({ project, held }: { project: string; held: Held }) {
  const { t } = useTranslation("projects");
  const { bytes, exactBytes } = useFormat();
  const address: string = `/projects/${encodeURIComponent(project)}/deleted`;
  const size = bytes(held.bytes);
  return (
    <p style={{ display: "flex", alignItems: "center", gap: "0.5rem" }}>
      <span
        aria-hidden="true"
        style={{ width: "0.75rem", height: "0.75rem", borderRadius: "2px", background: HELD }}
      />
      <Link to={address} title={exactBytes(held.bytes)}>
        {held.least ? t("summary.heldAtLeast", { size }) : t("summary.held", { size })}
      </Link>
    </p>
  );
}
