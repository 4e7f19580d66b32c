/** What a project demands of pushes and pulls. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Button, Form, FormSection } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { FormProvider, useForm, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useCan, useCurrentUser } from "~/app/session";
import { useAction } from "~/ui/action";
import { RadioField, SelectField, SwitchField } from "~/ui/fields";
import { useFollowed } from "~/ui/follow";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { Alert } from "~/ui/patternfly/Alert";
import { Failed, Loading } from "~/ui/states";
import { UnsavedBar } from "~/ui/UnsavedBar";
import { AllowlistField, IdLabels, UntilField } from "./AllowlistField";
import { isOver } from "./allowlist";
import { hasScannerQuery, systemAllowlistQuery, updateProject } from "./configuration-queries";
import { requestOf, SEVERITIES, type Values, valuesOf } from "./configuration-values";
import { type Project, projectQuery } from "./queries";

const schema = z.object({
  public: z.boolean(),
  auto_scan: z.boolean(),
  prevent_vul: z.boolean(),
  severity: z.string(),
  cosign: z.boolean(),
  notation: z.boolean(),
  allowlist: z.enum(["system", "own"]),
  ids: z.array(z.string()),
  until: z.string(),
  expires: z.number().nullable(),
});

export default function ConfigurationPage() {
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const { data: project, error, refetch } = useQuery(projectQuery(name));
  if (error && !project) return <Failed error={error} retry={refetch} />;
  return project ? <Settings key={project.project_id} project={project} /> : <Loading />;
}

function Settings({ project }: { project: Project }) {
  const { t } = useTranslation(["projects", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const can = useCan(project.name);
  const mayChange = can("configuration", "update") || can("project", "update");
  const known = useMemo(() => valuesOf(project), [project]);
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: known });
  useFollowed(form, known);
  const { run, busy, error } = useAction(async (values: Values) => {
    await updateProject(project.name, requestOf(values));
    form.resetDefaultValues(values);
    await queries.invalidateQueries({ queryKey: ["projects"] });
    notify.success(t("configuration.saved", { name: project.name }));
  });
  return (
    <FormProvider {...form}>
      <Form onSubmit={form.handleSubmit(run)} noValidate style={{ maxWidth: "56rem" }}>
        {!mayChange && (
          <Alert component="p" isInline isPlain variant="info" title={t("configuration.readOnly")} />
        )}
        <Section title={t("access")}>
          <SwitchField
            name="public"
            label={t("public")}
            help={t("configuration.publicHelp")}
            disabled={!mayChange}
          />
        </Section>
        <Signatures disabled={!mayChange} />
        <Scanning project={project.name} disabled={!mayChange} />
        <Allowlist disabled={!mayChange} />
        <UnsavedBar
          count={Object.keys(form.formState.dirtyFields).length}
          busy={busy}
          error={error}
          discard={() => form.reset(known)}
        />
      </Form>
    </FormProvider>
  );
}

function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <FormSection title={title} titleElement="h2">
      {help && <p className="minato-quiet">{help}</p>}
      {children}
    </FormSection>
  );
}

function Signatures({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation("projects");
  const [cosign, notation] = useWatch({ name: ["cosign", "notation"] });
  return (
    <Section title={t("configuration.signatures")} help={t("configuration.signaturesHelp")}>
      <SwitchField
        name="cosign"
        label={t("configuration.cosign")}
        help={t("configuration.cosignHelp")}
        disabled={disabled}
      />
      <SwitchField
        name="notation"
        label={t("configuration.notation")}
        help={t("configuration.notationHelp")}
        disabled={disabled}
      />
      {cosign && notation && (
        <Alert isInline isPlain variant="info" title={t("configuration.bothSignatures")} />
      )}
    </Section>
  );
}

function Scanning({ project, disabled }: { project: string; disabled: boolean }) {
  const { t } = useTranslation("projects");
  const [scans, prevents] = useWatch({ name: ["auto_scan", "prevent_vul"] });
  const user = useCurrentUser();
  // Whoever sees a project is told, but for visitors.
  const { data: hasScanner } = useQuery({ ...hasScannerQuery(project), enabled: user !== null });
  return (
    <Section title={t("configuration.scanning")}>
      <SwitchField
        name="auto_scan"
        label={t("configuration.autoScan")}
        help={t("configuration.autoScanHelp")}
        disabled={disabled}
      />
      <SwitchField
        name="prevent_vul"
        label={t("configuration.prevent")}
        help={t("configuration.preventHelp")}
        disabled={disabled}
      />
      {prevents && (
        <SelectField
          name="severity"
          label={t("configuration.severity")}
          options={SEVERITIES.map((value) => ({ value, label: t(`configuration.severities.${value}`) }))}
          disabled={disabled}
        />
      )}
      {hasScanner === false && (scans || prevents) && (
        <Alert isInline isPlain variant="warning" title={t("configuration.noScanner")} />
      )}
      {prevents && !scans && hasScanner && (
        <Alert isInline isPlain variant="info" title={t("configuration.preventWithoutScan")} />
      )}
    </Section>
  );
}

function Allowlist({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation("projects");
  const mode = useWatch<Values, "allowlist">({ name: "allowlist" });
  const system = useQuery(systemAllowlistQuery);
  const ofSystem = system.data?.items?.flatMap(({ cve_id }) => cve_id ?? []) ?? [];
  const options = (["system", "own"] as const).map((value) => ({
    value,
    label: t(`configuration.lists.${value}`),
  }));
  return (
    <Section title={t("configuration.allowlist")} help={t("configuration.allowlistHelp")}>
      <RadioField
        name="allowlist"
        label={t("configuration.whichList")}
        options={options}
        disabled={disabled}
      />
      {mode === "system" ? (
        <SystemList ids={ofSystem} until={system.data?.expires_at} />
      ) : (
        <>
          <AllowlistField name="ids" disabled={disabled} />
          {!disabled && ofSystem.length > 0 && <CopyOfSystem ids={ofSystem} />}
          <UntilField disabled={disabled} />
        </>
      )}
    </Section>
  );
}

/** Begins one's own list with what the system's has. */
function CopyOfSystem({ ids }: { ids: string[] }) {
  const { t } = useTranslation("projects");
  const { getValues, setValue } = useFormContext<Values>();
  return (
    <div>
      <Button
        variant="link"
        isInline
        onClick={() => setValue("ids", [...new Set([...getValues("ids"), ...ids])], { shouldDirty: true })}
      >
        {t("configuration.copySystem", { count: ids.length })}
      </Button>
    </div>
  );
}

function SystemList({ ids, until }: { ids: string[]; until?: number | null }) {
  const { t } = useTranslation("projects");
  const { dateTime } = useFormat();
  const time = until ? dateTime(new Date(until * 1000)) : "";
  return (
    <div>
      <IdLabels ids={ids} />
      {until ? (
        <p className="minato-quiet">
          {isOver(until, new Date())
            ? t("configuration.overSince", { time })
            : t("configuration.overAt", { time })}
        </p>
      ) : null}
    </div>
  );
}
