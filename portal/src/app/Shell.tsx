/** The frame around all pages: bar with search and account, navigation, notices. */

import {
  Banner,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavGroup,
  NavItem,
  NavList,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  Page as PfPage,
  SkipToContent,
} from "@patternfly/react-core";
import BarsIcon from "@patternfly/react-icons/dist/esm/icons/bars-icon";
import { Link, Outlet, useLocation, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { AccountMenu } from "./AccountMenu";
import { BannerMessage } from "./BannerMessage";
import { GlobalSearch } from "./GlobalSearch";
import { ADMINISTRATION } from "./pages";
import { useCurrentUser, useIsAdmin, useSessionEnded, useSystemInfo } from "./session";

const SessionEnded = lazy(() => import("./SessionEnded"));

function Navigation() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  const item = (to: string, label: string) => (
    <NavItem key={to} isActive={pathname === to || pathname.startsWith(`${to}/`)}>
      <Link to={to}>{label}</Link>
    </NavItem>
  );
  return (
    <Nav aria-label={t("shell.navigation")}>
      <NavList>
        {item("/projects", t("nav.projects"))}
        {user && item("/audit-log", t("nav.auditLog"))}
      </NavList>
      {isAdmin && (
        <NavGroup title={t("nav.administration")}>
          {ADMINISTRATION.map((page) => item(`/admin/${page}`, t(`nav.${page}`)))}
        </NavGroup>
      )}
    </Nav>
  );
}

function Bar() {
  const { t } = useTranslation();
  const user = useCurrentUser();
  const { href } = useLocation();
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label={t("shell.toggleNavigation")}>
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo
            component={(props) => <Link {...props} to="/projects" aria-label={t("shell.brand")} />}
            className="minato-brand"
          >
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <span>Minato</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="minato-bar">
          <div className="minato-search">
            <GlobalSearch />
          </div>
          {user ? (
            <AccountMenu />
          ) : (
            <Link className="minato-sign-in" to="/account/sign-in" search={{ next: href }}>
              {t("shell.signIn")}
            </Link>
          )}
        </div>
      </MastheadContent>
    </Masthead>
  );
}

function Notices() {
  const { t } = useTranslation();
  const info = useSystemInfo();
  return (
    <>
      {info.read_only && <Banner color="yellow">{t("shell.readOnly")}</Banner>}
      {info.banner_message && <BannerMessage text={info.banner_message} />}
    </>
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
  return (
    <PfPage
      masthead={<Bar />}
      sidebar={
        <PageSidebar>
          <PageSidebarBody>
            <Navigation />
          </PageSidebarBody>
        </PageSidebar>
      }
      skipToContent={<SkipToContent href="#content">{t("shell.skip")}</SkipToContent>}
      mainContainerId="content"
      banner={<Notices />}
      isManagedSidebar
    >
      <Progress />
      <Outlet />
      <Suspense>{isEnded && <SessionEnded />}</Suspense>
    </PfPage>
  );
}
