/** What a run was asked for, and what came of it, in a line. */

import { Flex, Label, Progress } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { isLive } from "~/ui/Status";
import { counts, type Kind, type Told } from "./run";

/** What was asked for that is not usual. */
export function Asked({ kind, told }: { kind: Kind; told: Told }) {
  const { t } = useTranslation("cleanup");
  const labels = [
    (kind === "gc" || kind === "purgeaudit") && told.dry_run && t("asked.dryRun"),
    kind === "gc" && told.delete_untagged && t("asked.untagged"),
    kind === "fsck" && told.repair && t("asked.repair"),
    kind === "scrub" && told.repair === false && t("asked.noRepair"),
  ].filter((label) => label !== false && label !== undefined);
  return labels.map((label) => (
    <Label key={label} isCompact variant="outline">
      {label}
    </Label>
  ));
}

export function Outcome({ kind, told, status }: { kind: Kind; told: Told; status: string | undefined }) {
  const live = isLive(status);
  const isCheck = kind === "fsck" || kind === "scrub";
  return (
    <>
      {live && (isCheck || told.progress) && <Advance told={told} />}
      {kind === "gc" && !(live && told.progress) && <Freed told={told} />}
      {kind === "purgeaudit" && !(live && told.progress) && <Purged told={told} />}
      {isCheck && <Found told={told} status={status} />}
    </>
  );
}

function Freed({ told }: { told: Told }) {
  const { t } = useTranslation("cleanup");
  const { bytes, number } = useFormat();
  if (told.freed_space === undefined) return "–";
  return t(told.dry_run ? "wouldFree" : "freed", {
    size: bytes(told.freed_space),
    blobs: number(told.purged_blobs ?? 0),
    manifests: number(told.purged_manifests ?? 0),
  });
}

function Purged({ told }: { told: Told }) {
  const { t } = useTranslation("cleanup");
  if (told.purged === undefined) return "–";
  return t(told.dry_run ? "wouldPurge" : "purged", { count: told.purged });
}

/** How far a run is, and how long it will take. */
function Advance({ told }: { told: Told }) {
  const { t } = useTranslation("cleanup");
  const { bytes, duration, number } = useFormat();
  const { done, total, eta_seconds, unit } = told.progress ?? { done: 0, total: 0 };
  const count = unit === "bytes" ? bytes : number;
  return (
    <>
      <Progress size="sm" aria-label={t("progress")} value={total > 0 ? (100 * done) / total : 0} />
      {total > 0 && (
        <div>
          {count(done)} / {count(total)}
        </div>
      )}
      {eta_seconds ? <div>{t("left", { time: duration(eta_seconds * 1000) })}</div> : null}
    </>
  );
}

function Found({ told, status }: { told: Told; status: string | undefined }) {
  const { t } = useTranslation("cleanup");
  const { number } = useFormat();
  const found = counts(told.report?.found ?? {});
  if (!told.report) return isLive(status) ? null : "–";
  // What was stopped, or broke off, has not seen all.
  if (found.length === 0) return t(status === "Success" ? "nothingFound" : "nothingYet");
  return (
    <Flex gap={{ default: "gapSm" }}>
      {found.map(([what, name, count]) => (
        <Label key={name} isCompact color={what === "recovered" ? "green" : "red"}>
          {what ? t(`found.${what}`) : name}: {number(count)}
        </Label>
      ))}
      {told.report.repaired > 0 && <span>{t("repaired", { count: told.report.repaired })}</span>}
    </Flex>
  );
}
