/** The frame of what stands before the console: a harbour, and a card on it with the language and theme. */

import { Button } from "@patternfly/react-core";
import MoonIcon from "@patternfly/react-icons/dist/esm/icons/moon-icon";
import SunIcon from "@patternfly/react-icons/dist/esm/icons/sun-icon";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { setPreferences, useIsDark } from "~/app/preferences";
import { systemInfoQuery } from "~/app/session";
import { changeLanguage, OFFERED } from "~/i18n";
import { useTitle } from "~/ui/title";
import { Scene } from "./Scene";
import "./harbour.css";

const BannerMessage = lazy(async () => ({
  default: (await import("~/app/BannerMessage")).BannerMessage,
}));

export function Harbour({
  title,
  text,
  children,
  footer,
}: {
  title: string;
  text: string;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const { data: info } = useQuery(systemInfoQuery);
  useTitle("page", title);
  return (
    <div className="harbour">
      <Scene />
      <Suspense>{info?.banner_message && <BannerMessage text={info.banner_message} />}</Suspense>
      <main className="harbour-card">
        <header className="harbour-head">
          <span className="harbour-brand">
            <img src="/favicon.svg" alt="" width={40} height={40} />
            Minato
          </span>
          <Choices />
        </header>
        <h1>{title}</h1>
        <p className="minato-quiet">{text}</p>
        {children}
        {footer && <footer className="harbour-foot">{footer}</footer>}
      </main>
    </div>
  );
}

function Choices() {
  const { t, i18n } = useTranslation();
  const isDark = useIsDark();
  return (
    <div className="harbour-choices">
      {OFFERED.length > 1 && (
        <select
          aria-label={t("shell.language")}
          value={i18n.language}
          onChange={(event) => changeLanguage(event.target.value)}
        >
          {OFFERED.map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      )}
      <Button
        variant="plain"
        aria-label={t(isDark ? "shell.toLight" : "shell.toDark")}
        title={t(isDark ? "shell.toLight" : "shell.toDark")}
        icon={isDark ? <SunIcon /> : <MoonIcon />}
        onClick={() => setPreferences({ theme: isDark ? "light" : "dark" })}
      />
    </div>
  );
}
