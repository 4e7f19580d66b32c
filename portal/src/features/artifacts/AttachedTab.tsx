/** What refers to an artifact, and what refers to that in turn, as a tree. */

import { Content } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { useCan } from "~/app/session";
import { useRegistry } from "~/features/repositories/use-registry";
import { Copy } from "~/ui/Copy";
import { RowActions } from "~/ui/DataTable";
import { ConfirmDialog } from "~/ui/dialogs";
import { Size, Time } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { Empty } from "~/ui/states";
import { attachedKind, shortDigest } from "./kind";
import { deleteArtifact, useRefresh } from "./mutations";
import { type Accessory, type Artifact, artifactQuery, type Place } from "./queries";

/** How deep the tree is shown at once; deeper entries have pages of their own. */
const DEPTH = 4;

export default function AttachedTab({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { compact } = usePreferences();
  const can = useCan(place.project);
  const [deleting, setDeleting] = useState<Accessory | null>(null);
  const accessories = artifact.accessories ?? [];
  if (accessories.length === 0) return <NothingAttached place={place} artifact={artifact} />;
  return (
    <>
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
          {accessories.map((accessory) => (
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

/** An accessory's row, and under it those of what refers to it. */
function Branch({
  place,
  accessory,
  depth,
  remove,
}: {
  place: Place;
  accessory: Accessory;
  depth: number;
  remove?: (accessory: Accessory) => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { digest, size, creation_time: time } = accessory;
  const { data } = useQuery(artifactQuery(place, digest));
  const name = shortDigest(digest);
  return (
    <>
      <Tr>
        <Td dataLabel={t("common:type")} style={{ paddingInlineStart: `${1 + depth * 1.75}rem` }}>
          <Kind accessory={accessory} artifactType={data?.artifact_type} depth={depth} />
        </Td>
        <Td dataLabel={t("artifact")}>
          <Link
            to="/projects/$project/repositories/$repository/artifacts/$reference"
            params={{ ...place, reference: digest }}
            title={digest}
          >
            <code>{name}</code>
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
      {depth < DEPTH &&
        data?.accessories?.map((one) => (
          <Branch key={one.id} place={place} accessory={one} depth={depth + 1} remove={remove} />
        ))}
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
    <>
      {depth > 0 && <span aria-hidden="true">└ </span>}
      {t(`attached.${attachedKind(accessory.type, artifactType)}`)}
      {depth > 0 && (
        <span className="pf-v6-screen-reader">
          {" "}
          {t("attached.refersTo", { name: shortDigest(accessory.subject_artifact_digest) })}
        </span>
      )}
      {accessory.type === "subject.accessory" && <div className="minato-quiet">{artifactType}</div>}
    </>
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
  const { data } = useQuery(artifactQuery(place, accessory.digest));
  const kind = t(`attached.${attachedKind(accessory.type, data?.artifact_type)}`);
  return (
    <ConfirmDialog
      title={t("attached.deleteTitle", { kind })}
      confirm={t("common:delete")}
      action={async () => {
        await deleteArtifact(place, accessory.digest);
        await refresh([accessory.digest]);
        notify.success(t("attached.deleted"));
      }}
      close={close}
    >
      <Content>
        <Content component="p">
          <code>{accessory.digest}</code>
        </Content>
        <Content component="p">{t("attached.deleteText")}</Content>
        <Content component="p">{t("delete.undo")}</Content>
      </Content>
    </ConfirmDialog>
  );
}
