/** The dialogs that undo deletions or end them. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "~/ui/dialogs";
import { Names } from "~/ui/Names";
import { useNotify } from "~/ui/notify";
import { useErrorText } from "~/ui/states";
import { inTurn, nameOf } from "./names";
import { countQuery, type Deletion, purge, purgeAll, restore } from "./queries";

export type Open = { dialog: "restore" | "purge"; rows: Deletion[] } | { dialog: "all" };

interface Props {
  project: string;
  open: Open;
  close: () => void;
  /** Called when what was shown may have changed. */
  done: () => void;
}

export function DeletedDialogs({ open, ...props }: Props) {
  if (open.dialog === "all") return <PurgeAll {...props} />;
  return open.dialog === "restore" ? (
    <Restore {...props} rows={open.rows} />
  ) : (
    <Purge {...props} rows={open.rows} />
  );
}

function useChanged(project: string, done: () => void) {
  const queries = useQueryClient();
  return () => {
    done();
    // What came back is in lists of repositories, artifacts and tags, and in the quota.
    return Promise.all([
      queries.invalidateQueries({ queryKey: ["deletions", project] }),
      queries.invalidateQueries({ queryKey: ["projects", project] }),
      queries.invalidateQueries({ queryKey: ["repositories"] }),
      queries.invalidateQueries({ queryKey: ["artifacts"] }),
    ]);
  };
}

/** Does something with each of several deletions. Of one an error is thrown; of several it is told, with the rest. */
function useEach(rows: Deletion[], act: (row: Deletion) => Promise<unknown>) {
  const { t } = useTranslation("undo");
  const notify = useNotify();
  const text = useErrorText();
  return async () => {
    const { done, failed } = await inTurn(rows, act);
    if (failed && rows.length === 1) throw failed.error;
    if (failed) {
      const reason = text(failed.error);
      notify.failure(
        new Error(t("severalFailed", { done, all: rows.length, name: nameOf(failed.row), reason })),
      );
    }
    return !failed;
  };
}

function Question({ rows, children }: { rows: Deletion[]; children: ReactNode }) {
  return (
    <>
      <p>{children}</p>
      {rows.length > 1 && (
        <div className="minato-gap">
          <Names names={rows.map((row) => ({ key: row.id, text: nameOf(row) }))} />
        </div>
      )}
    </>
  );
}

type OfRows = Omit<Props, "open"> & { rows: Deletion[] };

function Restore({ project, rows, close, done }: OfRows) {
  const { t } = useTranslation("undo");
  const notify = useNotify();
  const changed = useChanged(project, done);
  const told = (row: Deletion) =>
    restore(project, row.id).then(({ tags, tags_left: left }) => {
      if (rows.length > 1) return;
      const name = nameOf(row);
      if (left > 0) notify.info(t("left", { name, count: left }));
      else notify.success(t("restored", { name, count: tags }));
    });
  const each = useEach(rows, told);
  return (
    <ConfirmDialog
      title={t("restoreTitle", { count: rows.length })}
      confirm={t("restore")}
      danger={false}
      action={async () => {
        const all = await each();
        await changed();
        if (all && rows.length > 1) notify.success(t("restoredSeveral", { count: rows.length }));
      }}
      close={close}
    >
      <Question rows={rows}>{t("restoreText")}</Question>
    </ConfirmDialog>
  );
}

function Purge({ project, rows, close, done }: OfRows) {
  const { t } = useTranslation("undo");
  const notify = useNotify();
  const changed = useChanged(project, done);
  const each = useEach(rows, (row) => purge(project, row.id));
  const [first] = rows;
  const name = first && rows.length === 1 ? nameOf(first) : undefined;
  return (
    <ConfirmDialog
      title={name ? t("purgeTitle", { name }) : t("purgeTitleSeveral", { count: rows.length })}
      confirm={t("purge")}
      typed={project}
      action={async () => {
        const all = await each();
        await changed();
        if (all) notify.success(name ? t("purged", { name }) : t("purgedSeveral", { count: rows.length }));
      }}
      close={close}
    >
      <Question rows={rows}>{t(name ? "purgeText" : "purgeTextSeveral")}</Question>
    </ConfirmDialog>
  );
}

function PurgeAll({ project, close, done }: Omit<Props, "open">) {
  const { t } = useTranslation("undo");
  const notify = useNotify();
  const changed = useChanged(project, done);
  const { data: count } = useQuery(countQuery(project));
  return (
    <ConfirmDialog
      title={t("purgeAllTitle")}
      confirm={t("purgeAll")}
      typed={project}
      action={async () => {
        await purgeAll(project);
        await changed();
        notify.success(t("purgedAll", { project }));
      }}
      close={close}
    >
      {count !== undefined && t("purgeAllText", { count, project })}
    </ConfirmDialog>
  );
}
