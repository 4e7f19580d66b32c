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
import { useNotify } from "~/ui/notify";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { saveProfile } from "./queries";
import { CommentField, ProfileFields, useUserRules } from "./user-fields";

export function ProfileForm({ user }: { user: Schemas["UserResp"] }) {
  const { t } = useTranslation(["account", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const { profile, comment } = useUserRules();
  const schema = z.object({ ...profile, comment });
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
        <ProfileFields own />
        <CommentField />
        <ActionGroup>
          <BusyButton type="submit" busy={busy} isDisabled={!form.formState.isDirty}>
            {t("common:save")}
          </BusyButton>
        </ActionGroup>
      </Form>
    </FormProvider>
  );
}
