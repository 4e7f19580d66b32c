/** Asks before artifacts go, and says what goes with them. */

import { Content, ContentVariants } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useUndo } from "~/features/undo/use-undo";
import { ConfirmDialog } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { Names } from "~/ui/Names";
import { useNotify } from "~/ui/notify";
import { Alert } from "~/ui/patternfly/Alert";
import { allOf } from "./bulk";
import { isHard, isIndex, nameOf, referenceOf } from "./kind";
import { deleteArtifact, useRefresh } from "./mutations";
import type { Artifact, Place } from "./queries";

/** How many tags are named before the rest is only counted. */
const NAMED = 8;

export default function DeleteArtifacts({
  place,
  artifacts,
  settled,
  close,
}: {
  place: Place;
  artifacts: Artifact[];
  /** Told what went and what stayed. */
  settled: (gone: Artifact[], left: Artifact[]) => unknown;
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const notify = useNotify();
  const refresh = useRefresh();
  const undo = useUndo(place.project);
  const first = artifacts[0];
  const title =
    artifacts.length === 1 && first
      ? t("delete.one", { name: nameOf(place.repository, referenceOf(first)) })
      : t("delete.title", { count: artifacts.length });
  return (
    <ConfirmDialog
      title={title}
      confirm={t("common:delete")}
      action={() =>
        allOf(
          artifacts,
          ({ digest }) => deleteArtifact(place, digest),
          async (gone, left) => {
            if (gone.length > 0) notify.success(t("delete.done", { count: gone.length }), undo.action);
            await settled(gone, left);
            await refresh(
              gone.flatMap(({ digest, tags }) => [digest, ...(tags ?? []).map(({ name }) => name)]),
            );
          },
        )
      }
      close={close}
    >
      <Immutable artifacts={artifacts} />
      <Content>
        {artifacts.length > 1 && (
          <Names
            names={artifacts.map((artifact) => ({
              key: artifact.id,
              text: nameOf(place.repository, referenceOf(artifact)),
            }))}
          />
        )}
        <Consequences artifacts={artifacts} />
        <Content component="p">{undo.text}</Content>
      </Content>
    </ConfirmDialog>
  );
}

/** Warns of what the server will refuse. */
function Immutable({ artifacts }: { artifacts: Artifact[] }) {
  const { t } = useTranslation("artifacts");
  const { list } = useFormat();
  const tags = artifacts.flatMap((artifact) => (artifact.tags ?? []).filter(({ immutable }) => immutable));
  if (tags.length === 0) return null;
  const title = t("delete.immutable", { tags: list(tags.map(({ name }) => name)) });
  return <Alert isInline variant="warning" title={title} style={{ marginBlockEnd: "1rem" }} />;
}

function Consequences({ artifacts }: { artifacts: Artifact[] }) {
  const { t } = useTranslation("artifacts");
  const { list } = useFormat();
  const tags = artifacts.flatMap((artifact) => artifact.tags ?? []);
  const attached = artifacts.flatMap(({ accessories }) => accessories ?? []);
  const hard = attached.filter(isHard).length;
  const soft = attached.length - hard;
  const named = tags.slice(0, NAMED).map(({ name }) => name);
  return (
    <Content component={ContentVariants.ul} aria-label={t("delete.consequences")}>
      {tags.length > 0 && (
        <Content component={ContentVariants.li}>
          {tags.length > NAMED
            ? t("delete.tagsCount", { count: tags.length })
            : t("delete.tags", { count: tags.length, tags: list(named) })}
        </Content>
      )}
      {hard > 0 && <Content component={ContentVariants.li}>{t("delete.hard", { count: hard })}</Content>}
      {soft > 0 && <Content component={ContentVariants.li}>{t("delete.soft", { count: soft })}</Content>}
      {artifacts.some(isIndex) && <Content component={ContentVariants.li}>{t("delete.index")}</Content>}
      <Content component={ContentVariants.li}>{t("delete.pulls")}</Content>
    </Content>
  );
}
