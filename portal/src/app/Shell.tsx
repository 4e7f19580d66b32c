/** The frame around all pages: bar with search and account, navigation, notices. */

import { Button } from "@patternfly/react-core";
import BarsIcon from "@patternfly/react-icons/dist/esm/icons/bars-icon";
import { Link, Outlet, useLocation, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { AccountMenu } from "./AccountMenu";
import { DisplayMenu } from "./DisplayMenu";
import { useSessionEnded } from "./ended";
import { GlobalSearch } from "./GlobalSearch";
import { Navigation } from "./Navigation";
import { useCurrentUser, useSystemInfo } from "./session";
import "./shell.css";

const Notices = lazy(() => import("./Notices"));
const SessionEnded = lazy(() => import("./SessionEnded"));

/** From here on the navigation stands beside the page; below it lies over it. */
const WIDE = matchMedia("(width >= 75rem)");

/** Whether the navigation is seen. Over a page it goes when one went somewhere, or pressed Escape. */
function useNavigationOpen(): [boolean, (open: boolean) => void] {
  const [isOpen, setOpen] = useState(WIDE.matches);
  const { pathname } = useLocation();
  useEffect(() => {
    const follow = () => setOpen(WIDE.matches);
    const press = ({ key }: KeyboardEvent) => key === "Escape" && !WIDE.matches && setOpen(false);
    WIDE.addEventListener("change", follow);
    document.addEventListener("keydown", press);
    return () => {
      WIDE.removeEventListener("change", follow);
      document.removeEventListener("keydown", press);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the going somewhere that counts
  useEffect(() => {
    if (!WIDE.matches) setOpen(false);
  }, [pathname]);
  return [isOpen, setOpen];
}

function Bar({ isOpen, toggle }: { isOpen: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const { href } = useLocation();
  return (
    <header className="minato-bar">
      <Button
        variant="plain"
        className="minato-bar-button"
        aria-label={t("shell.toggleNavigation")}
        aria-expanded={isOpen}
        aria-controls="navigation"
        icon={<BarsIcon />}
        onClick={toggle}
      />
      <Link className="minato-brand" to="/projects" aria-label={t("shell.brand")}>
        <img src="/favicon.svg" alt="" width={28} height={28} />
        <span>Minato</span>
      </Link>
      <div className="minato-search">
        <GlobalSearch />
      </div>
      <DisplayMenu />
      {user ? (
        <AccountMenu />
      ) : (
        <Link className="minato-sign-in" to="/account/sign-in" search={{ next: href }}>
          {t("shell.signIn")}
        </Link>
      )}
    </header>
  );
}

/** Says that a page is on its way when it takes long enough to wonder. */
function Progress() {
  const { t } = useTranslation();
  const isGoing = useRouterState({ select: ({ status }) => status === "pending" });
  if (!isGoing) return null;
  return <div className="minato-progress" role="progressbar" aria-label={t("shell.going")} />;
}

export default function Shell() {
  const { t } = useTranslation();
  const isEnded = useSessionEnded();
  const info = useSystemInfo();
  const [isOpen, setOpen] = useNavigationOpen();
  return (
    <div className="minato-shell">
      <a className="minato-skip" href="#content">
        {t("shell.skip")}
      </a>
      <Progress />
      <Bar isOpen={isOpen} toggle={() => setOpen(!isOpen)} />
      <Suspense>{(info.read_only || info.banner_message) && <Notices info={info} />}</Suspense>
      <div className="minato-below">
        <div id="navigation" className="minato-navigation" hidden={!isOpen}>
          <Navigation />
        </div>
        <main id="content" className="minato-page" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>{isEnded && <SessionEnded />}</Suspense>
    </div>
  );
}
