/** Over whatever was being done when the session ended: signing in again, without losing it. */

import { Button, Form, ModalBody, ModalFooter } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useId } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/client";
import { ActionError, useAction } from "~/ui/action";
import { TextField } from "~/ui/fields";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import { currentUserQuery, forget, resume, useCurrentUser } from "./session";

export default function SessionEnded() {
  const { t } = useTranslation();
  const id = useId();
  const user = useCurrentUser();
  const queries = useQueryClient();
  const router = useRouter();
  const { href } = useLocation();
  const form = useForm({ defaultValues: { password: "" } });
  const { run, busy, error } = useAction(async ({ password }: { password: string }) => {
    try {
      await resume(queries, user?.username ?? "", password);
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) throw new Error(t("session.refused"));
      throw failure;
    }
  });
  const leave = async (to: string) => {
    await forget(queries);
    queries.setQueryData(currentUserQuery.queryKey, null);
    router.history.push(to);
  };
  return (
    <Modal isOpen variant="small" aria-labelledby={id}>
      <ModalHeader title={t("session.ended")} labelId={id} description={t("session.text")} />
      <ModalBody>
        <FormProvider {...form}>
          <Form id={`${id}-form`} onSubmit={form.handleSubmit(run)} noValidate>
            <ActionError error={error} />
            <input
              type="hidden"
              name="username"
              autoComplete="username"
              value={user?.username ?? ""}
              readOnly
            />
            <TextField
              name="password"
              type="password"
              label={t("session.password", { name: user?.username })}
              autoComplete="current-password"
            />
          </Form>
        </FormProvider>
      </ModalBody>
      <ModalFooter>
        <BusyButton type="submit" form={`${id}-form`} busy={busy}>
          {t("shell.signIn")}
        </BusyButton>
        <Button variant="link" onClick={() => leave(`/account/sign-in?next=${encodeURIComponent(href)}`)}>
          {t("session.other")}
        </Button>
        <Button variant="link" onClick={() => leave("/projects")}>
          {t("session.visit")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
