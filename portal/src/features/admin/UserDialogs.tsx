/** The dialogs of the page of users. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import {
  CommentField,
  NO_PASSWORD,
  PasswordFields,
  ProfileFields,
  useUserRules,
} from "~/features/account/user-fields";
import { useAllOf } from "~/features/artifacts/bulk";
import { ConfirmDialog, FormDialog } from "~/ui/dialogs";
import { SwitchField, TextField } from "~/ui/fields";
import { useFormat } from "~/ui/format";
import { createUser, deleteUser, setAdministrator, setPassword, type User, updateProfile } from "./queries";

/** What is to be done with which users. */
export type UserAction =
  | { kind: "create" }
  | { kind: "edit" | "administrator" | "password"; user: User }
  | { kind: "delete"; users: User[] };

interface Props {
  close: () => void;
  done: (message: string) => void;
  /** Told what went, also when only some did. */
  deleted: (gone: User[]) => void;
}

export function UserDialog({ action, ...props }: Props & { action: UserAction }) {
  if (action.kind === "create") return <NewUser {...props} />;
  if (action.kind === "delete") return <DeleteUsers {...props} users={action.users} />;
  if (action.kind === "edit") return <EditUser {...props} user={action.user} />;
  if (action.kind === "password") return <NewPassword {...props} user={action.user} />;
  return <Administrator {...props} user={action.user} />;
}

function NewUser({ close, done }: Props) {
  const { t } = useTranslation(["admin", "common", "account"]);
  const rules = useUserRules();
  const schema = z
    .object({
      username: rules.username,
      ...rules.profile,
      comment: rules.comment,
      ...rules.password,
      sysadmin: z.boolean(),
    })
    .refine(...rules.same);
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { username: "", email: "", realname: "", comment: "", ...NO_PASSWORD, sysadmin: false },
  });
  return (
    <FormDialog
      title={t("users.new")}
      form={form}
      submit={t("common:create")}
      close={close}
      send={async ({ again: _, sysadmin, ...body }) => {
        const { response } = await createUser(body);
        const id = Number(response.headers.get("Location")?.split("/").pop());
        try {
          if (sysadmin && id) await setAdministrator(id, true);
        } finally {
          // The account is there, whatever became of the rest.
          done(t("users.created", { name: body.username }));
        }
      }}
    >
      <TextField
        name="username"
        label={t("account:profile.username")}
        help={t("users.usernameRule")}
        required
        autoComplete="off"
      />
      <ProfileFields />
      <CommentField />
      <PasswordFields label={t("account:signIn.password")} again={t("account:signUp.again")} />
      <SwitchField name="sysadmin" label={t("users.administrator")} help={t("users.administratorHelp")} />
    </FormDialog>
  );
}

function EditUser({ user, close, done }: Props & { user: User }) {
  const { t } = useTranslation(["admin", "common"]);
  const { profile, comment } = useUserRules();
  const schema = z.object({ ...profile, comment });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { email: user.email ?? "", realname: user.realname ?? "", comment: user.comment ?? "" },
  });
  return (
    <FormDialog
      title={t("users.editTitle", { name: user.username })}
      form={form}
      submit={t("common:save")}
      close={close}
      send={async (values) => {
        await updateProfile(user.user_id, values);
        done(t("users.changed", { name: user.username }));
      }}
    >
      <ProfileFields />
      <CommentField />
    </FormDialog>
  );
}

function NewPassword({ user, close, done }: Props & { user: User }) {
  const { t } = useTranslation(["admin", "common", "account"]);
  const { password, same } = useUserRules();
  const schema = z.object(password).refine(...same);
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: NO_PASSWORD,
  });
  return (
    <FormDialog
      title={t("users.password.titleOf", { name: user.username })}
      description={t("users.password.text")}
      form={form}
      submit={t("users.password.set")}
      close={close}
      send={async (values) => {
        await setPassword(user.user_id, values.password);
        done(t("users.password.done", { name: user.username }));
      }}
    >
      <PasswordFields label={t("account:signIn.password")} again={t("account:signUp.again")} />
    </FormDialog>
  );
}

function Administrator({ user, close, done }: Props & { user: User }) {
  const { t } = useTranslation("admin");
  const name = user.username;
  return (
    <ConfirmDialog
      title={t(user.sysadmin_flag ? "users.unsetTitle" : "users.setTitle", { name })}
      confirm={t(user.sysadmin_flag ? "users.unset" : "users.set")}
      danger={!user.sysadmin_flag}
      action={async () => {
        await setAdministrator(user.user_id, !user.sysadmin_flag);
        done(t(user.sysadmin_flag ? "users.unsetDone" : "users.setDone", { name }));
      }}
      close={close}
    >
      {t(user.sysadmin_flag ? "users.unsetText" : "users.administratorHelp")}
    </ConfirmDialog>
  );
}

function DeleteUsers({ users, close, done, deleted }: Props & { users: User[] }) {
  const { t } = useTranslation(["admin", "common"]);
  const { list } = useFormat();
  const { left, run } = useAllOf(users);
  const [only, ...more] = left;
  return (
    <ConfirmDialog
      title={
        more.length > 0
          ? t("users.deleteTitle", { count: left.length })
          : t("users.deleteOne", { name: only?.username })
      }
      confirm={t("common:delete")}
      action={async () => {
        await run(({ user_id }) => deleteUser(user_id), deleted);
        done(t("users.deleted", { count: users.length }));
      }}
      close={close}
    >
      {more.length > 0 && <p>{list(left.map(({ username }) => username))}</p>}
      <p>{t("users.deleteText", { count: left.length })}</p>
    </ConfirmDialog>
  );
}
