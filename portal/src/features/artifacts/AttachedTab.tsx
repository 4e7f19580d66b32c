/** What refers to an artifact, page by page, and under each what refers to that in turn, as a tree. */

import { Button, Content } from "@patternfly/react-core";
import AngleDownIcon from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import AngleRightIcon from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { useCan } from "~/app/session";
import { useRegistry } from "~/features/repositories/use-registry";
import { useUndo } from "~/features/undo/use-undo";
import { Copy } from "~/ui/Copy";
import { RowActions, useLastPage } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Size, Time } from "~/ui/format";
import { useListState } from "~/ui/list-state";
import { Name } from "~/ui/Name";
import { useNotify } from "~/ui/notify";
import { Empty, Failed, Loading } from "~/ui/states";
import { Pages } from "~/ui/Toolbar";
import { attachedKind, shortDigest } from "./kind";
import { deleteArtifact, useRefresh } from "./mutations";
import {
  type Accessory,
  type Artifact,
  ATTACHED,
  accessoriesQuery,
  artifactQuery,
  type Place,
} from "./queries";

/** How many are shown of what refers to an accessory; all of them are on its own page. */
const NESTED = 15;

export default function AttachedTab({
  place,
  reference,
  artifact,
}: {
  place: Place;
  /** What the address calls the artifact. */
  reference: string;
  artifact: Artifact;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { compact } = usePreferences();
  const can = useCan(place.project);
  const [deleting, setDeleting] = useState<Accessory | null>(null);
  const state = useListState([], ATTACHED);
  const list = useQuery(accessoriesQuery(place, reference, state.query));
  useLastPage(list, state);
  const { data, error, refetch } = list;
  if (error && !data) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  if (data.total === 0) return <NothingAttached place={place} artifact={artifact} />;
  return (
    <>
      {error && <Failed error={error} retry={refetch} />}
      <Content component="p" className="minato-quiet">
        {t("attached.help")}
      </Content>
      <Table aria-label={t("attached.title")} variant={compact ? "compact" : undefined}>
        <Thead>
          <Tr>
            <Th width={35}>{t("common:type")}</Th>
            <Th>{t("artifact")}</Th>
            <Th>{t("common:size")}</Th>
            <Th>{t("common:created")}</Th>
            <Th screenReaderText={t("common:table.actions")} />
          </Tr>
        </Thead>
        <Tbody>
          {data.items.map((accessory) => (
            <Branch
              key={accessory.id}
              place={place}
              accessory={accessory}
              depth={0}
              remove={can("artifact", "delete") ? setDeleting : undefined}
            />
          ))}
        </Tbody>
      </Table>
      {data.total > state.pageSize && <Pages total={data.total} state={state} />}
      {deleting && <DeleteAttached place={place} accessory={deleting} close={() => setDeleting(null)} />}
    </>
  );
}

function NothingAttached({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const { host } = useRegistry();
  const can = useCan(place.project);
  const name = `${host}/${place.project}/${place.repository}@${artifact.digest}`;
  return (
    <>
      <Empty title={t("attached.none")}>{t("attached.noneHelp")}</Empty>
      {can("repository", "push") && (
        <div style={{ maxInlineSize: "60rem", marginInline: "auto" }}>
          <div>{t("attached.sign")}</div>
          <Copy text={`cosign sign ${name}`} label={t("attached.sign")} />
        </div>
      )}
    </>
  );
}

/** What an accessory is. Only what tells nothing by its kind is asked for the type that it was given. */
function useArtifactType(place: Place, { digest, type }: Accessory): string | null | undefined {
  const { data } = useQuery({ ...artifactQuery(place, digest), enabled: type === "subject.accessory" });
  return data?.artifact_type;
}

interface BranchProps {
  place: Place;
  accessory: Accessory;
  depth: number;
  remove?: (accessory: Accessory) => void;
}

/** An accessory's row, and under it, once it is opened, those of what refers to it. */
function Branch({ place, accessory, depth, remove }: BranchProps) {
  const { t } = useTranslation(["artifacts", "common"]);
  const [open, setOpen] = useState(false);
  const { digest, size, creation_time: time } = accessory;
  const artifactType = useArtifactType(place, accessory);
  const name = shortDigest(digest);
  return (
    <>
      <Tr>
        <Td dataLabel={t("common:type")} style={{ paddingInlineStart: `${0.5 + depth * 1.75}rem` }}>
          <div style={{ display: "flex", alignItems: "baseline", gap: "0.25rem" }}>
            <Button
              variant="plain"
              size="sm"
              aria-expanded={open}
              aria-label={t("attached.open", { name })}
              icon={open ? <AngleDownIcon /> : <AngleRightIcon />}
              onClick={() => setOpen(!open)}
            />
            <Kind accessory={accessory} artifactType={artifactType} depth={depth} />
          </div>
        </Td>
        <Td dataLabel={t("artifact")}>
          <Link
            to="/projects/$project/repositories/$repository/artifacts/$reference"
            params={{ ...place, reference: digest }}
            title={digest}
          >
            <code>
              <Name text={name} />
            </code>
          </Link>
        </Td>
        <Td dataLabel={t("common:size")} modifier="nowrap">
          <Size bytes={size} />
        </Td>
        <Td dataLabel={t("common:created")} modifier="nowrap">
          <Time value={time} />
        </Td>
        <RowActions
          items={
            remove ? [{ title: t("common:delete"), isDanger: true, onClick: () => remove(accessory) }] : []
          }
          name={name}
        />
      </Tr>
      {open && <Nested place={place} accessory={accessory} depth={depth + 1} remove={remove} />}
    </>
  );
}

/** What refers to an accessory. */
function Nested({ place, accessory: { digest }, depth, remove }: BranchProps) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { data, error, refetch } = useQuery(accessoriesQuery(place, digest, { page: 1, page_size: NESTED }));
  const rest = (data?.total ?? 0) - NESTED;
  return (
    <>
      {data?.items.map((one) => (
        <Branch key={one.id} place={place} accessory={one} depth={depth} remove={remove} />
      ))}
      {(!data || data.total === 0 || rest > 0) && (
        <Tr>
          <Td colSpan={5} style={{ paddingInlineStart: `${2.75 + depth * 1.75}rem` }}>
            {error ? (
              <Failed error={error} retry={refetch} />
            ) : rest > 0 ? (
              <Link
                to="/projects/$project/repositories/$repository/artifacts/$reference"
                params={{ ...place, reference: digest }}
                search={{ tab: "attached" }}
              >
                {t("attached.all")}
              </Link>
            ) : (
              <span className="minato-quiet">{t(data ? "attached.nothing" : "common:loading")}</span>
            )}
          </Td>
        </Tr>
      )}
    </>
  );
}

function Kind({
  accessory,
  artifactType,
  depth,
}: {
  accessory: Accessory;
  artifactType: string | null | undefined;
  depth: number;
}) {
  const { t } = useTranslation("artifacts");
  return (
    <div>
      {t(`attached.${attachedKind(accessory.type, artifactType)}`)}
      {depth > 0 && (
        <span className="pf-v6-screen-reader">
          {" "}
          {t("attached.refersTo", { name: shortDigest(accessory.subject_artifact_digest) })}
        </span>
      )}
      {accessory.type === "subject.accessory" && (
        <div className="minato-quiet">
          <Name text={artifactType ?? ""} />
        </div>
      )}
    </div>
  );
}

function DeleteAttached({
  place,
  accessory,
  close,
}: {
  place: Place;
  accessory: Accessory;
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const notify = useNotify();
  const refresh = useRefresh();
  const undo = useUndo(place.project);
  const kind = t(`attached.${attachedKind(accessory.type, useArtifactType(place, accessory))}`);
  return (
    <ConfirmDialog
      title={t("attached.deleteTitle", { kind })}
      confirm={t("common:delete")}
      action={async () => {
        await deleteArtifact(place, accessory.digest);
        await refresh([accessory.digest]);
        notify.success(t("attached.deleted"), undo.action);
      }}
      close={close}
    >
      <Content>
        <Content component="p">
          <code>{accessory.digest}</code>
        </Content>
        <Content component="p">{t("attached.deleteText")}</Content>
        <Content component="p">{undo.text}</Content>
      </Content>
    </ConfirmDialog>
  );
}
