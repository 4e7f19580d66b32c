/** Theme and language, each one choice away, and for visitors the pages that the account's menu leads to. */

import {
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
} from "@patternfly/react-core";
import CogIcon from "@patternfly/react-icons/dist/esm/icons/cog-icon";
import { Link } from "@tanstack/react-router";
import { type ComponentProps, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeLanguage, OFFERED } from "~/i18n";
import { setPreferences, THEMES, usePreferences } from "./preferences";
import { useCurrentUser } from "./session";

export function DisplayMenu() {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const toggle = async () => {
    // The menu finds its place once, with all that is in it.
    await i18n.loadNamespaces("account");
    setOpen((now) => !now);
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      shouldFocusToggleOnSelect
      isScrollable
      maxMenuHeight="min(44rem, calc(100dvh - 5rem))"
      popperProps={{ position: "right" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          className="minato-bar-button"
          aria-label={t("shell.display")}
          isExpanded={open}
          onClick={toggle}
          icon={<CogIcon />}
        />
      )}
    >
      {open && <Choices />}
    </Dropdown>
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
