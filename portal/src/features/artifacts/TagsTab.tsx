/** The tags of an artifact: adding and deleting them. */

import { Button, Content, Label, ToolbarItem } from "@patternfly/react-core";
import LockIcon from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { useUndo } from "~/features/undo/use-undo";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Names } from "~/ui/Names";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { allOf } from "./bulk";
import { deleteTag, useRefresh } from "./mutations";
import { type Artifact, type Place, type Tag, tagsQuery } from "./queries";

const AddTag = lazy(() => import("./AddTag"));

export default function TagsTab({
  place,
  reference,
  artifact,
}: {
  place: Place;
  /** By which the page names the artifact. */
  reference: string;
  artifact: Artifact;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const [selected, setSelected] = useState<Tag[]>([]);
  const [deleting, setDeleting] = useState<Tag[]>([]);
  const [adding, setAdding] = useState(false);
  const navigate = useNavigate();
  /** The tag by which the page was opened is gone. */
  const toDigest = () =>
    navigate({
      to: "/projects/$project/repositories/$repository/artifacts/$reference",
      params: { ...place, reference: artifact.digest },
      search: { tab: "tags" },
      replace: true,
    });
  const add = can("tag", "create") && <Button onClick={() => setAdding(true)}>{t("tag.add")}</Button>;
  return (
    <>
      <TagTable
        place={place}
        artifact={artifact}
        selected={selected}
        select={setSelected}
        remove={can("tag", "delete") ? setDeleting : undefined}
        add={add}
      />
      {adding && (
        <Suspense>
          <AddTag place={place} artifact={artifact} close={() => setAdding(false)} />
        </Suspense>
      )}
      {deleting.length > 0 && (
        <DeleteTags
          place={place}
          artifact={artifact}
          tags={deleting}
          settled={async (gone, left) => {
            setSelected((before) => before.filter(({ id }) => !gone.some((tag) => tag.id === id)));
            setDeleting(left);
            if (gone.some(({ name }) => name === reference)) await toDigest();
          }}
          close={() => setDeleting([])}
        />
      )}
    </>
  );
}

function TagTable({
  place,
  artifact,
  selected,
  select,
  remove,
  add,
}: {
  place: Place;
  artifact: Artifact;
  selected: Tag[];
  select: (tags: Tag[]) => void;
  /** Not there for who may not. */
  remove: ((tags: Tag[]) => void) | undefined;
  add: ReactNode;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const filters = useMemo(() => [{ key: "name", label: t("tag.filter") }], [t]);
  const state = useListState(filters);
  const list = useQuery(tagsQuery(place, artifact.digest, state));
  return (
    <DataTable
      id="tags"
      label={t("tags")}
      columns={useColumns()}
      list={list}
      state={state}
      filters={filters}
      rowKey={({ id }) => id}
      rowName={({ name }) => name}
      selection={
        remove ? { rows: selected, change: select, allows: ({ immutable }) => !immutable } : undefined
      }
      actions={
        remove
          ? (tag) => (tag.immutable ? [] : [{ title: t("common:delete"), onClick: () => remove([tag]) }])
          : undefined
      }
      toolbar={
        <>
          {add && <ToolbarItem>{add}</ToolbarItem>}
          {remove && (
            <BulkButton
              label={t("common:delete")}
              count={selected.length}
              danger
              onClick={() => remove(selected)}
            />
          )}
        </>
      }
      empty={
        <Empty title={t("tag.none")} actions={add}>
          {t("tag.noneHelp")}
        </Empty>
      }
    />
  );
}

function useColumns(): Column<Tag>[] {
  const { t } = useTranslation(["artifacts", "common"]);
  return [
    {
      key: "name",
      label: t("tag.name"),
      sort: "name",
      width: 40,
      modifier: "breakWord",
      render: ({ name, immutable }) => (
        <>
          {name}{" "}
          {immutable && (
            <Label isCompact icon={<LockIcon />} title={t("tag.immutableHelp")}>
              {t("immutable")}
            </Label>
          )}
        </>
      ),
    },
    {
      key: "pushed",
      label: t("pushed"),
      sort: "push_time",
      modifier: "nowrap",
      render: ({ push_time: time }) => <Time value={time} />,
    },
    {
      key: "pulled",
      label: t("pulled"),
      sort: "pull_time",
      modifier: "nowrap",
      render: ({ pull_time: time }) => <Time value={time} />,
    },
  ];
}

function DeleteTags({
  place,
  artifact,
  tags,
  settled,
  close,
}: {
  place: Place;
  artifact: Artifact;
  tags: Tag[];
  settled: (gone: Tag[], left: Tag[]) => Promise<void>;
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const notify = useNotify();
  const refresh = useRefresh();
  const undo = useUndo(place.project);
  const only = tags.length === 1 ? tags[0] : undefined;
  const isLast = tags.length >= (artifact.tags?.length ?? 0);
  return (
    <ConfirmDialog
      title={only ? t("tag.deleteOne", { name: only.name }) : t("tag.delete", { count: tags.length })}
      confirm={t("common:delete")}
      action={() =>
        allOf(
          tags,
          ({ name }) => deleteTag(place, artifact.digest, name),
          async (gone, left) => {
            if (gone.length > 0) notify.success(t("tag.deleted", { count: gone.length }), undo.action);
            await settled(gone, left);
            await refresh();
          },
        )
      }
      close={close}
    >
      <Content>
        {tags.length > 1 && <Names names={tags.map(({ id, name }) => ({ key: id, text: name }))} />}
        <Content component="p">{t("tag.deleteText")}</Content>
        {isLast && <Content component="p">{t("tag.deleteLast")}</Content>}
        <Content component="p">{undo.text}</Content>
      </Content>
    </ConfirmDialog>
  );
}
