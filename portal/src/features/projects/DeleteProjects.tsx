/** Asks before projects go, and says of those that can't why: only an empty one can. */

import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { allOf } from "~/features/artifacts/bulk";
import { ConfirmDialog } from "~/ui/dialogs";
import { Names } from "~/ui/Names";
import { Alert } from "~/ui/patternfly/Alert";
import { Loading, useErrorText } from "~/ui/states";
import { deletableQuery, deleteProject, type Project } from "./queries";

/** Which of them can be deleted, and why the others can't; nothing until it is known of all. */
function useDeletable(projects: Project[]) {
  const { t } = useTranslation("projects");
  const text = useErrorText();
  const answers = useQueries({ queries: projects.map(({ name }) => deletableQuery(name)) });
  if (answers.some(({ isPending }) => isPending)) return null;
  const going: Project[] = [];
  const kept: { name: string; why: string }[] = [];
  for (const [index, project] of projects.entries()) {
    const { name, repo_count: count } = project;
    const { data, error } = answers[index] ?? {};
    const reason = error ? text(error) : data?.message;
    if (data?.deletable) going.push(project);
    else if (!error && count > 0) kept.push({ name, why: t("delete.holds", { name, count }) });
    else kept.push({ name, why: t("delete.because", { name, reason }) });
  }
  return { going, kept };
}

export function DeleteProjects({
  projects,
  settled,
  close,
}: {
  projects: Project[];
  /** Told what went and what stayed. */
  settled: (gone: Project[], left: Project[]) => void;
  close: () => void;
}) {
  const { t } = useTranslation(["projects", "common"]);
  const found = useDeletable(projects);
  const going = found?.going ?? [];
  const only = projects.length === 1 ? projects[0] : undefined;
  return (
    <ConfirmDialog
      title={
        only
          ? t("delete.title", { name: only.name })
          : t("delete.several", { count: going.length || projects.length })
      }
      confirm={t("common:delete")}
      typed={going.length > 0 ? (only?.name ?? t("statistics.projects", { count: going.length })) : undefined}
      blocked={going.length === 0}
      action={() => allOf(going, ({ name }) => deleteProject(name), settled)}
      close={close}
    >
      {found ? <Consequences {...found} isOne={only !== undefined} /> : <Loading />}
    </ConfirmDialog>
  );
}

function Consequences({
  going,
  kept,
  isOne,
}: {
  going: Project[];
  kept: { name: string; why: string }[];
  isOne: boolean;
}) {
  const { t } = useTranslation("projects");
  return (
    <>
      {kept.length > 0 && (
        <Alert isInline variant="warning" component="h2" title={t("delete.kept", { count: kept.length })}>
          {kept.map(({ name, why }) => (
            <div key={name}>{why}</div>
          ))}
        </Alert>
      )}
      {going.length > 0 && (
        <div className="minato-gap">
          {!isOne && <Names names={going.map(({ name }) => ({ key: name, text: name }))} />}
          <p className="minato-gap">{t(isOne ? "delete.text" : "delete.textSeveral")}</p>
        </div>
      )}
    </>
  );
}
