/** Changes what others see of oneself. */

import { zodResolver } from "@hookform/resolvers/zod";
import { ActionGroup, Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Schemas } from "~/api/client";
import { currentUserQuery } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { TextField } from "~/ui/fields";
import { useNotify } from "~/ui/notify";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { saveProfile } from "./queries";
import { isComment, isEmail, isRealname, MAX_COMMENT } from "./rules";

export function ProfileForm({ user }: { user: Schemas["UserResp"] }) {
  const { t } = useTranslation(["account", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const schema = z.object({
    email: z.string().refine(isEmail, t("profile.emailRule")),
    realname: z.string().refine(isRealname, t("profile.realnameRule")),
    comment: z.string().refine(isComment, t("profile.commentRule", { count: MAX_COMMENT })),
  });
  const form = useForm({
    resolver: zodResolver(schema),
    values: { email: user.email ?? "", realname: user.realname ?? "", comment: user.comment ?? "" },
  });
  const { run, busy, error } = useAction(async (values: z.infer<typeof schema>) => {
    await saveProfile(user.user_id, values);
    await queries.invalidateQueries({ queryKey: currentUserQuery.queryKey });
    notify.success(t("profile.saved"));
  });
  return (
    <FormProvider {...form}>
      <Form onSubmit={form.handleSubmit(run)} noValidate maxWidth="32rem">
        <ActionError error={error} />
        <TextField name="email" type="email" label={t("profile.email")} autoComplete="email" required />
        <TextField name="realname" label={t("profile.realname")} autoComplete="name" required />
        <TextField
          name="comment"
          label={t("profile.comment")}
          help={t("profile.commentRule", { count: MAX_COMMENT })}
        />
        <ActionGroup>
          <BusyButton type="submit" busy={busy} isDisabled={!form.formState.isDirty}>
            {t("common:save")}
          </BusyButton>
        </ActionGroup>
      </Form>
    </FormProvider>
  );
}
