/** Signing in. Leads back to where one came from. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Button, Form, LoginPage } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ApiError } from "~/api/client";
import { signIn } from "~/app/session";
import { ActionError, useAction } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";

export default function SignInPage() {
  const { t } = useTranslation("account");
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ strict: false }) as { next?: unknown };
  const schema = z.object({
    name: z.string().min(1, t("signIn.nameNeeded")),
    password: z.string().min(1, t("signIn.passwordNeeded")),
  });
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: "", password: "" } });
  const { run, busy, error } = useAction(async ({ name, password }: z.infer<typeof schema>) => {
    try {
      await signIn(queries, name, password);
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) throw new Error(t("signIn.refused"));
      throw failure;
    }
    await router.invalidate();
    router.history.push(ownPath(next));
  });
  return (
    <LoginPage loginTitle={t("signIn.title")} textContent={t("signIn.text")} className="minato-sign-in">
      <FormProvider {...form}>
        <Form onSubmit={form.handleSubmit(run)} noValidate>
          <ActionError error={error} />
          <TextField name="name" label={t("signIn.name")} autoComplete="username" required />
          <TextField
            name="password"
            type="password"
            label={t("signIn.password")}
            autoComplete="current-password"
            required
          />
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy}>
            {t("signIn.submit")}
          </Button>
        </Form>
      </FormProvider>
    </LoginPage>
  );
}

/** A path of this console: whatever else an address says, it does not lead away. */
export function ownPath(next: unknown): string {
  const path = typeof next === "string" ? next : "/projects";
  return /^\/(?![/\\])/.test(path) ? path : "/projects";
}
