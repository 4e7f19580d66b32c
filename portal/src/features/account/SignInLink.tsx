/** Leads to signing in and back to this page. */

import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function SignInLink() {
  const { t } = useTranslation();
  const { href } = useLocation();
  return (
    <Link to="/account/sign-in" search={{ next: href }}>
      {t("shell.signIn")}
    </Link>
  );
}
