/** What people say of themselves, and a new password: fields and the server's rules for them. */

import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "~/ui/fields";
import { PasswordRules } from "./PasswordRules";
import { isComment, isEmail, isGoodPassword, isRealname, isUsername, MAX_COMMENT } from "./rules";

export const NO_PASSWORD = { password: "", again: "" };

export function useUserRules() {
  const { t } = useTranslation("account");
  const same: [(typed: typeof NO_PASSWORD) => boolean, { path: string[]; error: string }] = [
    ({ password, again }) => password === again,
    { path: ["again"], error: t("password.differs") },
  ];
  return {
    username: z.string().refine(isUsername, t("profile.usernameRule")),
    profile: {
      email: z.string().refine(isEmail, t("profile.emailRule")),
      realname: z.string().refine(isRealname, t("profile.realnameRule")),
    },
    comment: z.string().refine(isComment, t("profile.commentRule", { count: MAX_COMMENT })),
    password: { password: z.string().refine(isGoodPassword, t("password.weak")), again: z.string() },
    /** For a form with a new password: that it was typed the same twice. */
    same,
  };
}

/** `own` for one's own, which browsers fill in. */
export function ProfileFields({ own = false }: { own?: boolean }) {
  const { t } = useTranslation("account");
  return (
    <>
      <TextField
        name="email"
        type="email"
        label={t("profile.email")}
        autoComplete={own ? "email" : "off"}
        required
      />
      <TextField name="realname" label={t("profile.realname")} autoComplete={own ? "name" : "off"} required />
    </>
  );
}

export function CommentField() {
  const { t } = useTranslation("account");
  const help = t("profile.commentRule", { count: MAX_COMMENT });
  return <TextField name="comment" label={t("profile.comment")} help={help} autoComplete="off" />;
}

export function PasswordFields({ label, again }: { label: string; again: string }) {
  const typed: string = useWatch({ name: "password" });
  const common = { type: "password", autoComplete: "new-password", required: true } as const;
  return (
    <>
      <TextField name="password" label={label} {...common} />
      <PasswordRules value={typed} />
      <TextField name="again" label={again} {...common} />
    </>
  );
}
