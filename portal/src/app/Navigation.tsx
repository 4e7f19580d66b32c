/** The way to the pages that this person may open. */

import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ADMINISTRATION } from "./pages";
import { useCurrentUser, useIsAdmin } from "./session";

function Item({ to, label }: { to: string; label: string }) {
  const { pathname } = useLocation();
  const isHere = pathname === to || pathname.startsWith(`${to}/`);
  return (
    <li>
      <Link to={to} aria-current={isHere ? "page" : undefined}>
        {label}
      </Link>
    </li>
  );
}

export function Navigation() {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  return (
    <nav aria-label={t("shell.navigation")}>
      <ul>
        <Item to="/projects" label={t("nav.projects")} />
        {user && <Item to="/audit-log" label={t("nav.auditLog")} />}
      </ul>
      {isAdmin && (
        <section aria-labelledby="administration">
          <h2 id="administration">{t("nav.administration")}</h2>
          <ul>
            {ADMINISTRATION.map((page) => (
              <Item key={page} to={`/admin/${page}`} label={t(`nav.${page}`)} />
            ))}
          </ul>
        </section>
      )}
    </nav>
  );
}
