/** The tags of an artifact: adding and deleting them. */

import { Button, Content, ContentVariants, Label, ToolbarItem } from "@patternfly/react-core";
import LockIcon from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { type Column, DataTable } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { BulkButton } from "~/ui/Toolbar";
import { allOf } from "./bulk";
import { deleteTag, useRefresh } from "./mutations";
import { type Artifact, type Place, type Tag, tagsQuery } from "./queries";

const AddTag = lazy(() => import("./AddTag"));

export default function TagsTab({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const [selected, setSelected] = useState<Tag[]>([]);
  const [deleting, setDeleting] = useState<Tag[]>([]);
  const [adding, setAdding] = useState(false);
  const filters = useMemo(() => [{ key: "name", label: t("tag.filter") }], [t]);
  const state = useListState(filters);
  const list = useQuery(tagsQuery(place, artifact.digest, state));
  const add = can("tag", "create") && <Button onClick={() => setAdding(true)}>{t("tag.add")}</Button>;
  const mayDelete = can("tag", "delete");
  return (
    <>
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
          mayDelete
            ? { rows: selected, change: setSelected, allows: ({ immutable }) => !immutable }
            : undefined
        }
        actions={
          mayDelete
            ? (tag) =>
                tag.immutable ? [] : [{ title: t("common:delete"), onClick: () => setDeleting([tag]) }]
            : undefined
        }
        toolbar={
          <>
            {add && <ToolbarItem>{add}</ToolbarItem>}
            {mayDelete && (
              <BulkButton
                label={t("common:delete")}
                count={selected.length}
                danger
                onClick={() => setDeleting(selected)}
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
          settled={(gone, left) => {
            setSelected((before) => before.filter(({ id }) => !gone.some((tag) => tag.id === id)));
            setDeleting(left);
          }}
          close={() => setDeleting([])}
        />
      )}
    </>
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
  settled: (gone: Tag[], left: Tag[]) => void;
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const notify = useNotify();
  const refresh = useRefresh();
  const isLast = tags.length >= (artifact.tags?.length ?? 0);
  return (
    <ConfirmDialog
      title={t("tag.delete", { count: tags.length, name: tags[0]?.name })}
      confirm={t("common:delete")}
      action={() =>
        allOf(
          tags,
          ({ name }) => deleteTag(place, artifact.digest, name),
          (gone, left) => {
            if (gone.length > 0) notify.success(t("tag.deleted", { count: gone.length }));
            settled(gone, left);
            refresh();
          },
        )
      }
      close={close}
    >
      <Content>
        {tags.length > 1 && (
          <Content component={ContentVariants.ul}>
            {tags.map(({ id, name }) => (
              <Content key={id} component={ContentVariants.li}>
                {name}
              </Content>
            ))}
          </Content>
        )}
        <Content>{t("tag.deleteText")}</Content>
        {isLast && <Content>{t("tag.deleteLast")}</Content>}
        <Content>{t("tag.deleteUndo")}</Content>
      </Content>
    </ConfirmDialog>
  );
}
