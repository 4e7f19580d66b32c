/** The dialog that makes a scanner known, or changes one, and tries whether it answers. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Flex, FlexItem } from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { useForm, useFormContext } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ActionError, FormDialog, useAction } from "~/ui/dialogs";
import { SelectField, SwitchField, TextField } from "~/ui/fields";
import { Alert } from "~/ui/patternfly/Alert";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { AUTHS, credentialOf, problemOf } from "./credential";
import { askScanner, createScanner, pingScanner, type Scanner, updateScanner } from "./queries";

function useSchema(scanner: Scanner | undefined) {
  const { t } = useTranslation("scanners");
  return z
    .object({
      name: z.string().trim().min(1, t("rule.name")),
      description: z.string(),
      url: z.string().regex(/^https?:\/\/[^\s/]+/, t("rule.url")),
      auth: z.enum(AUTHS),
      username: z.string(),
      secret: z.string(),
      skip_certVerify: z.boolean(),
      use_internal_addr: z.boolean(),
    })
    .superRefine((values, context) => {
      const problem = problemOf(values, isKept(scanner, values));
      if (!problem) return;
      const field =
        values.auth === "Basic" && (problem === "colon" || !values.username) ? "username" : "secret";
      context.addIssue({ code: "custom", path: [field], message: t(`rule.${problem}`) });
    });
}

type Values = z.infer<ReturnType<typeof useSchema>>;

/** Whether the server keeps the credential that it has: only for the same address. */
function isKept(scanner: Scanner | undefined, { url, auth }: Pick<Values, "url" | "auth">): boolean {
  return scanner !== undefined && scanner.url === url.replace(/\/+$/, "") && scanner.auth === auth;
}

export function ScannerDialog({
  scanner,
  close,
  done,
}: {
  /** The one to change; left out for a new one. */
  scanner?: Scanner;
  close: () => void;
  done: (message: string) => void;
}) {
  const { t } = useTranslation(["scanners", "common"]);
  const schema = useSchema(scanner);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      name: scanner?.name ?? "",
      description: scanner?.description ?? "",
      url: scanner?.url ?? "",
      auth: AUTHS.find((auth) => auth === scanner?.auth) ?? "",
      username: "",
      secret: "",
      skip_certVerify: scanner?.skip_certVerify ?? false,
      use_internal_addr: scanner?.use_internal_addr ?? false,
    },
  });
  return (
    <FormDialog
      wide
      title={scanner ? t("editTitle", { name: scanner.name }) : t("new")}
      form={form}
      submit={t(scanner ? "common:save" : "common:add")}
      close={close}
      send={async ({ username, secret, ...values }) => {
        const access_credential = credentialOf({ auth: values.auth, username, secret });
        const body = { ...values, access_credential, disabled: scanner?.disabled ?? false };
        await (scanner ? updateScanner(scanner.uuid, body) : createScanner(body));
        done(t(scanner ? "changed" : "created", { name: values.name }));
      }}
    >
      <Fields scanner={scanner} />
    </FormDialog>
  );
}

function Fields({ scanner }: { scanner: Scanner | undefined }) {
  const { t } = useTranslation(["scanners", "common"]);
  const { watch } = useFormContext<Values>();
  const [auth, url] = watch(["auth", "url"]);
  const placeholder = isKept(scanner, { auth, url }) && auth ? t("auth.kept") : undefined;
  return (
    <>
      <TextField name="name" label={t("common:name")} required autoComplete="off" />
      <TextField name="description" label={t("common:description")} autoComplete="off" />
      <TextField name="url" type="url" label={t("url")} help={t("urlHelp")} required autoComplete="off" />
      <SelectField
        name="auth"
        label={t("auth.label")}
        help={t("auth.help")}
        options={AUTHS.map((value) => ({ value, label: t(`auth.${value || "none"}`) }))}
      />
      {auth === "Basic" && (
        <TextField
          name="username"
          label={t("auth.username")}
          placeholder={placeholder}
          required={!placeholder}
          autoComplete="off"
        />
      )}
      {auth && (
        <TextField
          name="secret"
          type="password"
          label={t(`auth.secret.${auth}`)}
          placeholder={placeholder}
          required={!placeholder}
          autoComplete="new-password"
        />
      )}
      <SwitchField name="skip_certVerify" label={t("skip")} help={t("skipHelp")} />
      <SwitchField name="use_internal_addr" label={t("internal")} help={t("internalHelp")} />
      <Test scanner={scanner} />
    </>
  );
}

/** Asks the scanner what it is, by what the form says. */
function Test({ scanner }: { scanner: Scanner | undefined }) {
  const { t } = useTranslation("scanners");
  const { trigger, getValues } = useFormContext<Values>();
  const [answered, setAnswered] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const { run, busy, error } = useAction(async () => {
    setAnswered(false);
    if (!(await trigger(["url", "auth", "username", "secret"]))) return;
    const { name, url, auth, ...rest } = getValues();
    const access_credential = credentialOf({ auth, ...rest });
    // What was not typed in only the server knows.
    if (scanner && isKept(scanner, { url, auth }) && !access_credential) await askScanner(scanner.uuid);
    else await pingScanner({ name: name.trim() || "test", url, auth, access_credential });
    setAnswered(true);
  });
  useEffect(() => {
    // The answer may be longer than what is left of the dialog.
    if (answered || error) end.current?.scrollIntoView({ block: "nearest" });
  }, [answered, error]);
  return (
    <Flex alignItems={{ default: "alignItemsCenter" }}>
      <BusyButton variant="secondary" onClick={run} busy={busy}>
        {t("test")}
      </BusyButton>
      <FlexItem flex={{ default: "flex_1" }} aria-live="polite">
        {answered && <Alert isInline isPlain variant="success" title={t("answered")} />}
        <ActionError error={error} />
        <div ref={end} />
      </FlexItem>
    </Flex>
  );
}
