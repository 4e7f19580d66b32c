/** What stands behind the signed-in user's name. */

import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotify } from "~/ui/notify";
import { useCurrentUser, useSignOut } from "./session";

const PAGES = [
  ["/account", "account"],
  ["/preferences", "preferences"],
  ["/about", "about"],
] as const;

export function AccountMenu() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const user = useCurrentUser();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const notify = useNotify();
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      shouldFocusToggleOnSelect
      popperProps={{ position: "right" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          className="minato-bar-button"
          isExpanded={open}
          onClick={() => setOpen(!open)}
        >
          {user?.username} <span className="pf-v6-screen-reader">{t("shell.userMenu")}</span>
        </MenuToggle>
      )}
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
    </Dropdown>
  );
}
