/** Asks before repositories go, with all that is in them. */

import { Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { allOf } from "~/features/artifacts/bulk";
import { useUndo } from "~/features/undo/use-undo";
import { ConfirmDialog } from "~/ui/dialogs";
import { Names } from "~/ui/Names";
import { deleteRepository, type Repository, shortName } from "./queries";

export function DeleteRepositories({
  project,
  repositories,
  settled,
  close,
}: {
  project: string;
  repositories: Repository[];
  /** Told what went and what stayed. */
  settled: (gone: Repository[], left: Repository[]) => void;
  close: () => void;
}) {
  const { t } = useTranslation(["repositories", "common"]);
  const artifacts = repositories.reduce((sum, one) => sum + one.artifact_count, 0);
  const only = repositories.length === 1 ? repositories[0] : undefined;
  const undo = useUndo(project);
  return (
    <ConfirmDialog
      title={
        only
          ? t("delete.titleOne", { name: shortName(only.name) })
          : t("delete.title", { count: repositories.length })
      }
      confirm={t("common:delete")}
      action={() => allOf(repositories, ({ name }) => deleteRepository(project, shortName(name)), settled)}
      close={close}
    >
      <Content>
        <Names
          names={repositories.map(({ name, artifact_count: count }) => ({
            key: name,
            text: t("delete.one", { name: shortName(name), count }),
          }))}
        />
        <Content component="p">{t("delete.text", { count: artifacts })}</Content>
        <Content component="p">
          {undo.text} {undo.isOn && t("delete.pullsLost")}
        </Content>
      </Content>
    </ConfirmDialog>
  );
}
