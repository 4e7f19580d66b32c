/** What can be done with artifacts, in rows, over tables and on their own pages, and the dialogs for it. */

import type { IAction } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { useCan, useCurrentUser } from "~/app/session";
import { pullCommand } from "~/features/repositories/commands";
import { useRegistry } from "~/features/repositories/use-registry";
import { useNotify } from "~/ui/notify";
import { allOf } from "./bulk";
import { useCopyText } from "./clipboard";
import { isIndex, referenceOf } from "./kind";
import { scan, stopScan, useRefresh } from "./mutations";
import { type Artifact, isScanning, type Place, pushesSomewhereQuery, scannerQuery } from "./queries";

const DeleteArtifacts = lazy(() => import("./DeleteArtifacts"));
const LabelsDialog = lazy(() => import("./LabelsDialog"));
const AddTag = lazy(() => import("./AddTag"));
const CopyArtifact = lazy(() => import("./CopyArtifact"));

type Open =
  | { dialog: "delete" | "labels"; artifacts: Artifact[] }
  | { dialog: "tag" | "copy"; artifact: Artifact };

export interface ArtifactActions {
  of: (artifact: Artifact) => IAction[];
  /** Opens a dialog for several. */
  open: (dialog: "delete" | "labels", artifacts: Artifact[]) => void;
  scan: (artifacts: Artifact[]) => Promise<void>;
  stopScans: (artifacts: Artifact[]) => Promise<void>;
  copyDigests: (artifacts: Artifact[]) => Promise<void>;
  addTag: (artifact: Artifact) => void;
  /** Whether artifacts are scanned here at all. */
  hasScanner: boolean;
  dialogs: ReactNode;
}

/** `settled` is told what was deleted and what was not. */
export function useArtifactActions(
  place: Place,
  settled: (gone: Artifact[], left: Artifact[]) => unknown,
): ArtifactActions {
  const { t } = useTranslation("artifacts");
  const [open, setOpen] = useState<Open | null>(null);
  const copyText = useCopyText();
  const scanning = useScanning(place);
  const items = useItems(place, setOpen, scanning);
  const close = () => setOpen(null);
  return {
    of: items,
    open: (dialog, artifacts) => setOpen({ dialog, artifacts }),
    scan: scanning.start,
    stopScans: scanning.stop,
    copyDigests: (artifacts) =>
      copyText(
        artifacts.map(({ digest }) => digest).join("\n"),
        t("copy.digests", { count: artifacts.length }),
      ),
    addTag: (artifact) => setOpen({ dialog: "tag", artifact }),
    hasScanner: scanning.hasScanner,
    dialogs: open && (
      <Suspense>
        {open.dialog === "delete" && (
          <DeleteArtifacts
            place={place}
            artifacts={open.artifacts}
            settled={(gone, left) => {
              if (left.length > 0) setOpen({ dialog: "delete", artifacts: left });
              return settled(gone, left);
            }}
            close={close}
          />
        )}
        {open.dialog === "labels" && <LabelsDialog place={place} artifacts={open.artifacts} close={close} />}
        {open.dialog === "tag" && <AddTag place={place} artifact={open.artifact} close={close} />}
        {open.dialog === "copy" && <CopyArtifact place={place} artifact={open.artifact} close={close} />}
      </Suspense>
    ),
  };
}

/** Having artifacts scanned, and stopping that. */
export function useScanning(place: Place) {
  const { t } = useTranslation("artifacts");
  const notify = useNotify();
  const refresh = useRefresh();
  const user = useCurrentUser();
  // A visitor may see what was found, but not by what.
  const { data: scanner } = useQuery({ ...scannerQuery(place.project), enabled: user !== null });
  const attempt = async (artifacts: Artifact[], act: typeof scan, done: string) => {
    try {
      await allOf(artifacts, ({ digest }) => act(place, digest));
      notify.success(done);
    } catch (error) {
      notify.failure(error);
    }
    await refresh();
  };
  return {
    hasScanner: Boolean(scanner),
    start: (artifacts: Artifact[]) =>
      attempt(artifacts, scan, t("scan.started", { count: artifacts.length })),
    stop: (artifacts: Artifact[]) =>
      attempt(artifacts, stopScan, t("scan.stopped", { count: artifacts.length })),
  };
}

/** Whether there is anywhere to copy to: here, or in another project that one may push to. */
function useMayCopy(project: string): boolean {
  const user = useCurrentUser();
  const can = useCan(project);
  const mayHere = can("artifact", "create");
  const isReader = user !== null && can("artifact", "read") && !mayHere;
  const { data: mayElsewhere } = useQuery({ ...pushesSomewhereQuery, enabled: isReader });
  return mayHere || (isReader && mayElsewhere === true);
}

/** The menu of an artifact: what is only looked at and copied first, what takes away last. */
function useItems(place: Place, open: (what: Open) => void, scanning: ReturnType<typeof useScanning>) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const mayCopy = useMayCopy(place.project);
  const copyText = useCopyText();
  const pull = usePullCommand(place);
  return (artifact: Artifact): IAction[] => {
    const isBusy = isScanning(artifact);
    const offered: [boolean, IAction][] = [
      [
        true,
        {
          title: t("copy.pull"),
          onClick: () => copyText(pull(artifact, referenceOf(artifact)), t("copy.pullDone")),
        },
      ],
      [
        true,
        {
          title: t("copy.digest"),
          onClick: () => copyText(artifact.digest, t("copy.digests", { count: 1 })),
        },
      ],
      [can("tag", "create"), { title: t("tag.add"), onClick: () => open({ dialog: "tag", artifact }) }],
      [
        can("artifact-label", "create"),
        { title: t("labels.edit"), onClick: () => open({ dialog: "labels", artifacts: [artifact] }) },
      ],
      [mayCopy, { title: t("copyTo.action"), onClick: () => open({ dialog: "copy", artifact }) }],
      [
        scanning.hasScanner && !isBusy && can("scan", "create"),
        { title: t("scan.now"), onClick: () => scanning.start([artifact]) },
      ],
      [isBusy && can("scan", "stop"), { title: t("scan.stop"), onClick: () => scanning.stop([artifact]) }],
    ];
    const items = offered.filter(([is]) => is).map(([, item]) => item);
    if (!can("artifact", "delete")) return items;
    return [
      ...items,
      { isSeparator: true },
      {
        title: t("common:delete"),
        isDanger: true,
        onClick: () => open({ dialog: "delete", artifacts: [artifact] }),
      },
    ];
  };
}

/** The command that pulls an artifact by the reader's tool. */
export function usePullCommand(place: Place): (artifact: Artifact, reference: string) => string {
  const { runtime } = usePreferences();
  const registry = useRegistry();
  return (artifact, reference) =>
    pullCommand(runtime, registry, {
      type: artifact.type,
      mediaType: artifact.media_type,
      repository: `${place.project}/${place.repository}`,
      reference,
      isIndex: isIndex(artifact),
    });
}
