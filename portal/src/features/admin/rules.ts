/** What the server asks of a user's name, address and password, told before it has to refuse. */

import { useTranslation } from "react-i18next";
import { z } from "zod";

const FORBIDDEN = /[,"~#%$]/;

/** 8 to 128 characters with an upper-case letter, a lower-case letter and a digit. */
export function isGoodPassword(text: string): boolean {
  const length = [...text].length;
  return length >= 8 && length <= 128 && /[A-Z]/.test(text) && /[a-z]/.test(text) && /[0-9]/.test(text);
}

export function isUsername(text: string): boolean {
  return text.length >= 1 && text.length <= 255 && text.trim() === text && !/[,"~#%$:]/.test(text);
}

export function isEmail(text: string): boolean {
  return text.length <= 255 && /^[^@\s#]+@[^\s#]+$/.test(text);
}

export function useUserRules() {
  const { t } = useTranslation("admin");
  return {
    username: z.string().refine(isUsername, t("users.usernameRule")),
    email: z.string().refine(isEmail, t("users.emailRule")),
    realname: z
      .string()
      .min(1, t("users.realnameRule"))
      .max(255, t("users.realnameRule"))
      .refine((text) => !FORBIDDEN.test(text), t("users.realnameRule")),
    comment: z.string().max(30, t("users.commentRule")),
    password: z.string().refine(isGoodPassword, t("users.password.rule")),
  };
}
