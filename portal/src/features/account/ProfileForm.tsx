/** Changes what others see of oneself. */

import { zodResolver } from "@hookform/resolvers/zod";
import { ActionGroup, Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Schemas } from "~/api/client";
import { currentUserQuery } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { useFollowed } from "~/ui/follow";
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
  const { email = "", realname = "", comment: said = "" } = user;
  const known = useMemo(() => ({ email, realname, comment: said }), [email, realname, said]);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: known });
  useFollowed(form, known);
  const { run, busy, error } = useAction(async (values: z.infer<typeof schema>) => {
    await saveProfile(user.user_id, values);
    form.resetDefaultValues(values);
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
