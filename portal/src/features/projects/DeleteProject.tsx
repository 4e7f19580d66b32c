/** Asks before a project goes: only an empty one can. */

import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "~/ui/dialogs";
import { deleteProject, type Project } from "./queries";

export function DeleteProject({
  project,
  close,
  deleted,
}: {
  project: Project;
  close: () => void;
  deleted: () => void;
}) {
  const { t } = useTranslation(["projects", "common"]);
  return (
    <ConfirmDialog
      title={t("delete.title", { name: project.name })}
      confirm={t("common:delete")}
      typed={project.name}
      action={async () => {
        await deleteProject(project.name);
        deleted();
      }}
      close={close}
    >
      {t("delete.text")}
    </ConfirmDialog>
  );
}
