/** The dialog that sets up a webhook or changes one. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { RadioField, SwitchField, TextField } from "~/ui/fields";
import { Alert } from "~/ui/patternfly/Alert";
import { Failed, Loading } from "~/ui/states";
import { EventsField } from "./EventsField";
import { toPolicy } from "./policy";
import { createPolicy, type Policy, type Supported, supportedQuery, updatePolicy } from "./queries";

function useWebhookForm(policy: Policy | undefined) {
  const { t } = useTranslation("webhooks");
  const schema = z.object({
    name: z.string().trim().min(1, t("nameRule")).max(256, t("nameRule")),
    description: z.string(),
    type: z.string(),
    format: z.string(),
    address: z
      .string()
      .trim()
      .regex(/^https?:\/\/[^\s?#]+$/i, t("addressRule")),
    auth: z.string().regex(/^[\t\x20-\x7e]*$/, t("authRule")),
    verify: z.boolean(),
    events: z.array(z.string()).min(1, t("eventsRule")),
  });
  const target = policy?.targets?.[0];
  return useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      name: policy?.name ?? "",
      description: policy?.description ?? "",
      type: target?.type ?? "http",
      format: target?.payload_format || "Default",
      address: target?.address ?? "",
      auth: "",
      verify: !target?.skip_cert_verify,
      events: policy?.event_types ?? [],
    },
  });
}

interface Props {
  project: string;
  /** The webhook to change; none to make one. */
  policy?: Policy;
  close: () => void;
  done: (name: string) => void;
}

export default function WebhookDialog({ project, policy, close, done }: Props) {
  const { t } = useTranslation(["webhooks", "common"]);
  const { data: supported, error, refetch } = useQuery(supportedQuery(project));
  const form = useWebhookForm(policy);
  return (
    <FormDialog
      title={t(policy ? "edit.title" : "new.title")}
      form={form}
      submit={t(policy ? "common:save" : "common:create")}
      close={close}
      wide
      send={async (values) => {
        const body = toPolicy(values, policy);
        await (policy?.id ? updatePolicy(project, policy.id, body) : createPolicy(project, body));
        done(values.name);
      }}
    >
      <TextField name="name" label={t("common:name")} required autoComplete="off" />
      <TextField name="description" label={t("common:description")} />
      {error && <Failed error={error} retry={refetch} />}
      {!supported && !error && <Loading />}
      {supported && <Target supported={supported} policy={policy} />}
    </FormDialog>
  );
}

const TYPES = ["http", "slack"] as const;
const FORMATS = ["Default", "CloudEvents"] as const;

function Target({ supported, policy }: { supported: Supported; policy: Policy | undefined }) {
  const { t } = useTranslation("webhooks");
  const type = useWatch<{ type: string }, "type">({ name: "type" });
  const further = (policy?.targets?.length ?? 1) - 1;
  const formats = supported.payload_formats.find(({ notify_type }) => notify_type === type)?.formats ?? [];
  const types = TYPES.filter((one) => supported.notify_type.includes(one));
  return (
    <>
      <EventsField name="events" offered={supported.event_type} />
      <RadioField
        name="type"
        label={t("type")}
        options={types.map((one) => ({
          value: one,
          label: t(`types.${one}`),
          help: t(`typeHelp.${one}`),
        }))}
      />
      {formats.length > 0 && (
        <RadioField
          name="format"
          label={t("format")}
          options={FORMATS.filter((one) => formats.includes(one)).map((one) => ({
            value: one,
            label: t(`formats.${one}`),
            help: t(`formatHelp.${one}`),
          }))}
        />
      )}
      <TextField
        name="address"
        type="url"
        label={t("address")}
        help={t("addressHelp")}
        placeholder={
          type === "slack" ? "https://hooks.slack.com/services/…" : "https://ci.example.com/hooks/registry"
        }
        required
      />
      {further > 0 && <Alert isInline isPlain variant="info" title={t("further", { count: further })} />}
      <TextField
        name="auth"
        type="password"
        label={t("auth")}
        help={t(policy ? "authKept" : "authHelp")}
        autoComplete="off"
      />
      <SwitchField name="verify" label={t("verify")} help={t("verifyHelp")} />
    </>
  );
}
