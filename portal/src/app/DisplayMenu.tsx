/** Theme and language, each one choice away, and for visitors the pages that the account's menu leads to. */

import { Divider, DropdownGroup, DropdownItem, DropdownList } from "@patternfly/react-core";
import CogIcon from "@patternfly/react-icons/dist/esm/icons/cog-icon";
import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { changeLanguage, OFFERED } from "~/i18n";
import { Menu } from "~/ui/Menu";
import { setPreferences, THEMES, usePreferences } from "./preferences";
import { useCurrentUser } from "./session";

export function DisplayMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu
      isScrollable
      maxMenuHeight="min(44rem, calc(100dvh - 5rem))"
      popperProps={{ position: "right" }}
      // The menu finds its place once, with all that is in it.
      prepare={() => i18n.loadNamespaces("account")}
      button={{
        variant: "plain",
        className: "minato-bar-button",
        "aria-label": t("shell.display"),
        icon: <CogIcon />,
      }}
    >
      <Choices />
    </Menu>
  );
}

/** One of several, of which one is chosen: the library tells that to the eyes alone. */
const radio = (isSelected: boolean) => ({ isSelected, component: isSelected ? Chosen : Offered });
const Chosen = (props: ComponentProps<"button">) => <button {...props} role="menuitemradio" aria-checked />;
const Offered = (props: ComponentProps<"button">) => (
  <button {...props} role="menuitemradio" aria-checked={false} />
);

function Choices() {
  const { t } = useTranslation(["common", "account"]);
  const { theme, language } = usePreferences();
  const user = useCurrentUser();
  const languages: [string | null, string][] = [[null, t("account:preferences.browserLanguage")], ...OFFERED];
  return (
    <>
      <DropdownGroup label={t("shell.theme")}>
        <DropdownList>
          {THEMES.map((one) => (
            <DropdownItem key={one} {...radio(one === theme)} onClick={() => setPreferences({ theme: one })}>
              {t(`account:preferences.theme.${one}`)}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownGroup label={t("shell.language")}>
        <DropdownList>
          {languages.map(([tag, name]) => (
            <DropdownItem
              key={name}
              {...radio(tag === language)}
              lang={tag ?? undefined}
              onClick={() => changeLanguage(tag)}
            >
              {name}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      {!user && (
        <>
          <Divider />
          <DropdownList>
            {(["preferences", "about"] as const).map((page) => (
              <DropdownItem key={page} component={(props) => <Link {...props} to={`/${page}`} />}>
                {t(`shell.${page}`)}
              </DropdownItem>
            ))}
          </DropdownList>
        </>
      )}
    </>
  );
}
