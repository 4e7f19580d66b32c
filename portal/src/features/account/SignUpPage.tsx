/** Making an account for oneself, where the administrator lets people do so. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Form } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { FormProvider, type UseFormReturn, useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { signIn, systemInfoQuery } from "~/app/session";
import { ActionError, useAction } from "~/ui/action";
import { TextField } from "~/ui/fields";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Empty, Failed, Loading } from "~/ui/states";
import { Harbour } from "./Harbour";
import { ownPath } from "./own-path";
import { signUp, takenQuery } from "./queries";
import { isEmail, isUsername } from "./rules";
import { NO_PASSWORD, PasswordFields, ProfileFields, useUserRules } from "./user-fields";

/** How long after the last key it is looked whether a name is taken, in milliseconds. */
const PAUSE = 400;

const NOTHING = { username: "", email: "", realname: "", ...NO_PASSWORD };
type Values = typeof NOTHING;

export default function SignUpPage() {
  const { t } = useTranslation("account");
  const search = useSearch({ strict: false }) as { next?: unknown };
  const { data: info, error, refetch } = useQuery(systemInfoQuery);
  return (
    <Harbour
      title={t("signUp.title")}
      text={t("signUp.text")}
      footer={
        <Link to="/account/sign-in" search={search}>
          {t("signUp.signIn")}
        </Link>
      }
    >
      {error && <Failed error={error} retry={refetch} />}
      {!info && !error && <Loading />}
      {info?.self_registration && <SignUpForm next={ownPath(search.next)} />}
      {info && !info.self_registration && <Empty title={t("signUp.closed")}>{t("signUp.closedText")}</Empty>}
    </Harbour>
  );
}

function SignUpForm({ next }: { next: string }) {
  const { t } = useTranslation("account");
  const router = useRouter();
  const queries = useQueryClient();
  const { username, profile, password, same } = useUserRules();
  const schema = z.object({ username, ...profile, ...password }).refine(...same);
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: NOTHING });
  const [isMade, setMade] = useState(false);
  const { run, busy, error } = useAction(async ({ again: _, ...account }: Values) => {
    await signUp(account);
    setMade(true);
    await signIn(queries, account.username, account.password);
    await router.invalidate();
    router.history.push(next);
  });
  // What is asked while the account is made would find itself.
  const asks = !busy && !isMade;
  const isNameTaken = useTaken(form, "username", isUsername, asks);
  const isEmailTaken = useTaken(form, "email", isEmail, asks);
  return (
    <FormProvider {...form}>
      <Form onSubmit={form.handleSubmit(run)} noValidate>
        <ActionError error={error} />
        <TextField
          name="username"
          label={t("profile.username")}
          help={isNameTaken === false && t("signUp.free")}
          autoComplete="username"
          required
        />
        <ProfileFields own />
        <PasswordFields label={t("signIn.password")} again={t("signUp.again")} />
        <BusyButton type="submit" isBlock busy={busy} isDisabled={isNameTaken || isEmailTaken}>
          {t("signUp.submit")}
        </BusyButton>
      </Form>
    </FormProvider>
  );
}

/** Looks while a name is typed whether another account has it, and says so at the field. */
function useTaken(
  form: UseFormReturn<Values>,
  name: "username" | "email",
  isPossible: (text: string) => boolean,
  asks: boolean,
): boolean | undefined {
  const { t } = useTranslation("account");
  const typed = useWatch({ control: form.control, name });
  const [value, setValue] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setValue(typed), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const { data } = useQuery({ ...takenQuery(name, value), enabled: asks && isPossible(value) });
  const isTaken = typed === value && isPossible(value) ? data : undefined;
  const { setError, clearErrors } = form;
  const message = t(`signUp.taken.${name}`);
  useEffect(() => {
    if (isTaken) setError(name, { type: "taken", message });
    else if (isTaken === false) clearErrors(name);
  }, [isTaken, name, message, setError, clearErrors]);
  return isTaken;
}
