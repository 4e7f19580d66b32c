/** The dialog that attaches labels to artifacts and, with one artifact, takes them off. */

import { Button, Checkbox, ModalBody, ModalFooter } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { LabelChip } from "~/ui/LabelChip";
import { useNotify } from "~/ui/notify";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import { SearchField } from "~/ui/SearchField";
import { Empty, Failed, Loading } from "~/ui/states";
import { allOf } from "./bulk";
import { nameOf, referenceOf } from "./kind";
import { attachLabel, detachLabel, useRefresh } from "./mutations";
import { type Artifact, attachableLabelsQuery, type Label, type Place } from "./queries";

export default function LabelsDialog({
  place,
  artifacts,
  close,
}: {
  place: Place;
  artifacts: Artifact[];
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const id = useId();
  const can = useCan(place.project);
  const only = artifacts.length === 1 ? artifacts[0] : undefined;
  const had = new Set((only?.labels ?? []).map((label) => label.id));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(had);
  const { run, busy, error } = useSave(place, artifacts, had, chosen, close);
  const isChanged = chosen.size !== had.size || [...chosen].some((one) => !had.has(one));
  const description = only
    ? t("labels.of", { name: nameOf(place.repository, referenceOf(only)) })
    : t("labels.ofMany", { count: artifacts.length });
  return (
    <Modal
      isOpen
      variant="small"
      onClose={close}
      onEscapePress={() => isChanged || close()}
      aria-labelledby={id}
    >
      <ModalHeader title={t(only ? "labels.edit" : "labels.add")} description={description} labelId={id} />
      <ModalBody>
        <ActionError error={error} />
        <Choices
          place={place}
          projectId={artifacts[0]?.project_id ?? 0}
          chosen={chosen}
          isFixed={(label) =>
            had.has(label) ? !can("artifact-label", "delete") : !can("artifact-label", "create")
          }
          choose={(label, on) => {
            const next = new Set(chosen);
            if (on) next.add(label);
            else next.delete(label);
            setChosen(next);
          }}
        />
      </ModalBody>
      <ModalFooter>
        <BusyButton onClick={run} busy={busy} isDisabled={!isChanged}>
          {t("common:save")}
        </BusyButton>
        <Button variant="link" onClick={close}>
          {t("common:cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function useSave(
  place: Place,
  artifacts: Artifact[],
  had: ReadonlySet<number>,
  chosen: ReadonlySet<number>,
  close: () => void,
) {
  const { t } = useTranslation("artifacts");
  const notify = useNotify();
  const refresh = useRefresh();
  return useAction(async () => {
    const added = [...chosen].filter((one) => !had.has(one));
    const removed = [...had].filter((one) => !chosen.has(one));
    const changes = artifacts.flatMap(({ digest }) => [
      ...added.map((label) => () => attachLabel(place, digest, label)),
      ...removed.map((label) => () => detachLabel(place, digest, label)),
    ]);
    await allOf(
      changes,
      (change) => change(),
      () => refresh(),
    );
    notify.success(t("labels.saved"));
    close();
  });
}

function Choices({
  place,
  projectId,
  chosen,
  isFixed,
  choose,
}: {
  place: Place;
  projectId: number;
  chosen: ReadonlySet<number>;
  isFixed: (label: number) => boolean;
  choose: (label: number, on: boolean) => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const [text, setText] = useState("");
  const name = useDeferredValue(text.trim());
  const { data: labels, error, refetch } = useQuery(attachableLabelsQuery(projectId, name));
  if (error) return <Failed error={error} retry={refetch} />;
  if (!labels) return <Loading />;
  if (labels.length === 0 && !text) {
    return (
      <Empty
        title={t("labels.none")}
        actions={
          can("label", "create") && (
            <Link to="/projects/$project/labels" params={{ project: place.project }}>
              {t("labels.make")}
            </Link>
          )
        }
      >
        {t("labels.noneHelp")}
      </Empty>
    );
  }
  return (
    <>
      <SearchField label={t("labels.find")} value={text} change={setText} />
      <fieldset
        className="minato-gap"
        aria-label={t("labels.title")}
        style={{ display: "grid", gap: "0.75rem", border: 0, padding: 0 }}
      >
        {labels.map((label) => (
          <Choice key={label.id} label={label} chosen={chosen} isFixed={isFixed} choose={choose} />
        ))}
        {labels.length === 0 && <p className="minato-quiet">{t("common:table.nothingFound")}</p>}
      </fieldset>
    </>
  );
}

function Choice({
  label: { id = 0, name = "", color, description, scope },
  chosen,
  isFixed,
  choose,
}: {
  label: Label;
  chosen: ReadonlySet<number>;
  isFixed: (label: number) => boolean;
  choose: (label: number, on: boolean) => void;
}) {
  const { t } = useTranslation("artifacts");
  const box = useId();
  const whose = t(scope === "g" ? "labels.global" : "labels.own");
  return (
    <Checkbox
      id={box}
      label={<LabelChip name={name} color={color} />}
      description={description ? t("labels.described", { whose, description }) : whose}
      isChecked={chosen.has(id)}
      isDisabled={isFixed(id)}
      onChange={(_, on) => choose(id, on)}
    />
  );
}
