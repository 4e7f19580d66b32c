/** What stands behind the signed-in user's name. */

import { Divider, DropdownItem, DropdownList } from "@patternfly/react-core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Menu } from "~/ui/Menu";
import { useNotify } from "~/ui/notify";
import { useCurrentUser, useSignOut } from "./session";

const PAGES = [
  ["/account", "account"],
  ["/preferences", "preferences"],
  ["/about", "about"],
] as const;

export function AccountMenu() {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const notify = useNotify();
  return (
    <Menu
      popperProps={{ position: "right" }}
      button={{
        variant: "plainText",
        className: "minato-bar-button",
        children: (
          <>
            {user?.username} <span className="pf-v6-screen-reader">{t("shell.userMenu")}</span>
          </>
        ),
      }}
    >
      <DropdownList>
        {PAGES.map(([to, label]) => (
          <DropdownItem key={to} component={(props) => <Link {...props} to={to} />}>
            {t(`shell.${label}`)}
          </DropdownItem>
        ))}
        <DropdownItem to="/api/explorer/" target="_blank" rel="noreferrer">
          {t("shell.api")}
        </DropdownItem>
        <Divider component="li" />
        <DropdownItem
          onClick={async () => {
            try {
              await signOut();
              navigate({ to: "/account/sign-in" });
            } catch (error) {
              notify.failure(error);
            }
          }}
        >
          {t("shell.signOut")}
        </DropdownItem>
      </DropdownList>
    </Menu>
  );
}
