/** All that a robot may do, where. */

import { Button, Divider, FormGroup } from "@patternfly/react-core";
import TrashIcon from "@patternfly/react-icons/dist/esm/icons/trash-icon";
import { useQuery } from "@tanstack/react-query";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Picker } from "~/ui/Picker";
import { Failed, Loading } from "~/ui/states";
import { AccessEditor } from "./AccessEditor";
import { ALL_PROJECTS, type Grant } from "./permissions";
import { catalogueQuery, type Permission, searchProjects } from "./queries";

function useGrants() {
  const { field, fieldState } = useController<{ grants: Grant[] }, "grants">({ name: "grants" });
  return { grants: field.value, set: field.onChange, error: fieldState.error?.message };
}

function Fault({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <div role="alert" style={{ color: "var(--pf-t--global--text--color--status--danger--default)" }}>
      {text}
    </div>
  );
}

/** For a project's robot: what it may do there, and nowhere else. */
export function ProjectGrant({ project }: { project: string }) {
  const { t } = useTranslation("robots");
  const { data: catalogue, error, refetch } = useQuery(catalogueQuery);
  const { grants, set, error: fault } = useGrants();
  if (error) return <Failed error={error} retry={refetch} />;
  if (!catalogue) return <Loading />;
  const grant = grants[0] ?? { kind: "project", namespace: project, access: [] };
  return (
    <FormGroup label={t("permissions")} role="group" isRequired>
      <AccessEditor
        title={t("inProject", { project })}
        catalogue={catalogue.project}
        grant={grant}
        level="project"
        change={(access) => set([{ ...grant, access }])}
      />
      <Fault text={fault} />
    </FormGroup>
  );
}

/** For a robot of the system: in all projects or some, each by itself, and on the system. */
export function SystemGrants() {
  const { t } = useTranslation("robots");
  const { data: catalogue, error, refetch } = useQuery(catalogueQuery);
  const { grants, set, error: fault } = useGrants();
  if (error) return <Failed error={error} retry={refetch} />;
  if (!catalogue) return <Loading />;
  const system = grants.find(({ kind }) => kind === "system") ?? {
    kind: "system" as const,
    namespace: "/",
    access: [],
  };
  const others = grants.filter(({ kind }) => kind !== "system");
  return (
    <>
      <InProjects catalogue={catalogue.project} grants={others} set={(next) => set([...next, system])} />
      <FormGroup label={t("onSystemLong")} role="group">
        <AccessEditor
          catalogue={catalogue.system ?? []}
          grant={system}
          level="system"
          change={(access) => set([...others, { ...system, access }])}
        />
        <Fault text={fault} />
      </FormGroup>
    </>
  );
}

function InProjects({
  catalogue,
  grants,
  set,
}: {
  catalogue: Permission[];
  grants: Grant[];
  set: (grants: Grant[]) => void;
}) {
  const { t } = useTranslation(["robots", "common"]);
  const has = (namespace: string) => grants.some((grant) => grant.namespace === namespace);
  /** A further project gets what the one before it got. */
  const add = (namespace: string) =>
    set([
      ...grants,
      { kind: "project", namespace, access: grants[grants.length - 1]?.access ?? ["repository:pull"] },
    ]);
  const nameOf = (namespace: string) =>
    namespace === ALL_PROJECTS ? t("allProjects") : t("inProject", { project: namespace });
  return (
    <FormGroup label={t("inProjects")} role="group">
      <Picker
        kind="projects"
        label={t("addProject")}
        placeholder={t("addProject")}
        search={searchProjects}
        decorate={(found) => (has(found.key) ? { ...found, disabled: true, hint: t("chosen") } : found)}
        pick={({ key }) => add(key)}
        eager
      />
      {!has(ALL_PROJECTS) && (
        <Button variant="link" isInline onClick={() => add(ALL_PROJECTS)}>
          {t("addAllProjects")}
        </Button>
      )}
      {grants.map((grant) => (
        <div key={grant.namespace} className="minato-gap">
          <AccessEditor
            title={nameOf(grant.namespace)}
            catalogue={catalogue}
            grant={grant}
            level="system"
            change={(access) => set(grants.map((one) => (one === grant ? { ...grant, access } : one)))}
            actions={
              <Button
                variant="plain"
                icon={<TrashIcon />}
                aria-label={t("dropPlace", { place: nameOf(grant.namespace) })}
                onClick={() => set(grants.filter((one) => one !== grant))}
              />
            }
          />
          <Divider />
        </div>
      ))}
    </FormGroup>
  );
}
