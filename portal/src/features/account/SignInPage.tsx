/** Signing in. Leads back to where one came from. */

import { Form } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/client";
import { signIn, systemInfoQuery } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { Alert } from "~/ui/patternfly/Alert";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Harbour } from "./Harbour";
import { ownPath } from "./own-path";
import { PlainField } from "./PlainField";

export default function SignInPage() {
  const { t } = useTranslation("account");
  const search = useSearch({ strict: false }) as { next?: unknown };
  const { data: info } = useQuery(systemInfoQuery);
  return (
    <Harbour
      title={t("signIn.title")}
      text={t("signIn.text")}
      footer={
        <>
          {info?.self_registration && (
            <Link to="/account/sign-up" search={search}>
              {t("signIn.signUp")}
            </Link>
          )}
          <Link to="/projects">{t("signIn.visit")}</Link>
        </>
      }
    >
      {info && info.auth_mode !== "db_auth" && (
        <Alert isInline variant="info" title={t("signIn.localOnly")} className="harbour-note">
          {t("signIn.localOnlyText", { mode: info.auth_mode })}
        </Alert>
      )}
      <SignInForm next={ownPath(search.next)} />
    </Harbour>
  );
}

function SignInForm({ next }: { next: string }) {
  const { t } = useTranslation("account");
  const router = useRouter();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState<{ name?: boolean; password?: boolean }>({});
  const fields = useRef<HTMLFormElement>(null);
  const { run, busy, error } = useAction(async (name: string, password: string) => {
    try {
      await signIn(queries, name, password);
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) throw new Error(t("signIn.refused"));
      throw failure;
    }
    await router.invalidate();
    router.history.push(next);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values = new FormData(fields.current ?? undefined);
    const name = String(values.get("name") ?? "").trim();
    const password = String(values.get("password") ?? "");
    setWanted({ name: !name, password: !password });
    if (name && password) run(name, password);
  };
  return (
    <Form ref={fields} onSubmit={submit} noValidate>
      <ActionError error={error} />
      <PlainField
        name="name"
        label={t("signIn.name")}
        autoComplete="username"
        error={wanted.name && t("signIn.nameNeeded")}
        autoFocus
      />
      <PlainField
        name="password"
        type="password"
        label={t("signIn.password")}
        autoComplete="current-password"
        error={wanted.password && t("signIn.passwordNeeded")}
      />
      <BusyButton type="submit" isBlock busy={busy}>
        {t("signIn.submit")}
      </BusyButton>
    </Form>
  );
}
