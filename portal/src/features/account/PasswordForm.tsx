/** Changes one's own password. All sessions end by that; this one begins anew at once. */

import { zodResolver } from "@hookform/resolvers/zod";
import { ActionGroup, Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Schemas } from "~/api/client";
import { resume } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { TextField } from "~/ui/fields";
import { useNotify } from "~/ui/notify";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { changePassword } from "./queries";
import { NO_PASSWORD, PasswordFields, useUserRules } from "./user-fields";

const NOTHING = { before: "", ...NO_PASSWORD };

export function PasswordForm({ user }: { user: Schemas["UserResp"] }) {
  const { t } = useTranslation("account");
  const queries = useQueryClient();
  const notify = useNotify();
  const rules = useUserRules();
  const schema = z
    .object({
      before: z.string().min(1, t("signIn.passwordNeeded")),
      ...rules.password,
    })
    .refine(...rules.same);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: NOTHING });
  const { run, busy, error } = useAction(async (values: z.infer<typeof schema>) => {
    await changePassword(user.user_id, { old_password: values.before, new_password: values.password });
    form.reset(NOTHING);
    await resume(queries, user.username, values.password);
    notify.success(t("password.saved"));
  });
  return (
    <FormProvider {...form}>
      <Form onSubmit={form.handleSubmit(run)} noValidate maxWidth="32rem">
        <ActionError error={error} />
        <input type="hidden" name="username" autoComplete="username" value={user.username} readOnly />
        <TextField
          name="before"
          type="password"
          label={t("password.before")}
          autoComplete="current-password"
          required
        />
        <PasswordFields label={t("password.new")} again={t("password.again")} />
        <ActionGroup>
          <BusyButton type="submit" busy={busy}>
            {t("password.submit")}
          </BusyButton>
        </ActionGroup>
      </Form>
    </FormProvider>
  );
}
