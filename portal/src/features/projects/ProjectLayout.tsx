/** A project's head and tabs. A tab that a person may not open is not there. */

import { Label, Nav, NavItem, NavList } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { Page } from "~/ui/Page";
import { Failed } from "~/ui/states";
import { useTitle } from "~/ui/title";
import { projectQuery } from "./queries";
import { openTabs } from "./tabs";

/** Keeps the tab that is open in view where not all have room. */
function useTabInView(pathname: string, count: number) {
  const tabs = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is open, or there are others
  useEffect(() => {
    const open = tabs.current?.querySelector(".pf-m-current");
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname, count]);
  return tabs;
}

export default function ProjectLayout() {
  const { t } = useTranslation(["common", "projects"]);
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const { pathname } = useLocation();
  const can = useCan(name);
  const { data: project, error, refetch } = useQuery(projectQuery(name));
  const tabs = openTabs(can);
  const bar = useTabInView(pathname, tabs.length);
  const home = `/projects/${encodeURIComponent(name)}`;
  const address = (path: string): string => `${home}/${path}`;
  const open = openTabs(() => true).find(([path]) => pathname.startsWith(address(path)));
  useTitle("part", open ? t(`tabs.${open[1]}`) : "");
  if (error && !project) {
    return (
      <Page title={name} crumbs={[{ label: t("nav.projects"), to: "/projects" }]}>
        <Failed error={error} retry={refetch} />
      </Page>
    );
  }
  const isPublic = project?.metadata.public === "true";
  return (
    <Page
      title={name}
      crumbs={[{ label: t("nav.projects"), to: "/projects" }, { label: name }]}
      subtitle={
        project && (
          <Label isCompact color={isPublic ? "green" : "grey"}>
            {t(isPublic ? "projects:public" : "projects:private")}
          </Label>
        )
      }
      tabs={
        <div ref={bar}>
          <Nav variant="horizontal-subnav" aria-label={t("tabs.of")}>
            <NavList backScrollAriaLabel={t("tabs.back")} forwardScrollAriaLabel={t("tabs.forward")}>
              {tabs.map(([path, label]) => (
                <NavItem key={path} isActive={path === open?.[0]}>
                  <Link to={address(path)}>{t(`tabs.${label}`)}</Link>
                </NavItem>
              ))}
            </NavList>
          </Nav>
        </div>
      }
    >
      <Outlet />
    </Page>
  );
}
