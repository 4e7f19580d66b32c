/** Asks before repositories go, with all that is in them. */

import { Content, ContentVariants } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { allOf } from "~/features/artifacts/bulk";
import { ConfirmDialog } from "~/ui/dialogs";
import { deleteRepository, type Repository, shortName } from "./queries";

/** How many are named before the rest is only counted. */
const NAMED = 8;

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
  const more = repositories.length - NAMED;
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
        <Content component={ContentVariants.ul}>
          {repositories.slice(0, NAMED).map(({ name, artifact_count: count }) => (
            <Content key={name} component={ContentVariants.li}>
              {t("delete.one", { name: shortName(name), count })}
            </Content>
          ))}
          {more > 0 && <Content component={ContentVariants.li}>{t("delete.more", { count: more })}</Content>}
        </Content>
        <Content component="p">{t("delete.text", { count: artifacts })}</Content>
        <Content component="p">{t("delete.undo")}</Content>
      </Content>
    </ConfirmDialog>
  );
}
