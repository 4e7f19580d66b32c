/** The frame of every page: where it is, what it is called, what can be done. */

import {
  Breadcrumb,
  BreadcrumbItem,
  Content,
  Flex,
  FlexItem,
  PageSection,
  Title,
} from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

export interface Crumb {
  label: string;
  /** Address of the page; the last crumb has none. */
  to?: string;
}

export function Page({
  title,
  crumbs,
  subtitle,
  actions,
  tabs,
  children,
}: {
  title: string;
  crumbs?: Crumb[];
  subtitle?: ReactNode;
  actions?: ReactNode;
  tabs?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Minato`;
  }, [title]);
  return (
    <>
      <PageSection type="breadcrumb" hasBodyWrapper={false} className="minato-page-head">
        {crumbs && crumbs.length > 0 && (
          <Breadcrumb>
            {crumbs.map(({ label, to }) => (
              <BreadcrumbItem key={`${label}${to}`} isActive={!to}>
                {to ? <Link to={to}>{label}</Link> : label}
              </BreadcrumbItem>
            ))}
          </Breadcrumb>
        )}
        <Flex
          justifyContent={{ default: "justifyContentSpaceBetween" }}
          alignItems={{ default: "alignItemsFlexEnd" }}
        >
          <FlexItem>
            <Title headingLevel="h1" size="2xl">
              {title}
            </Title>
            {subtitle && <Content component="small">{subtitle}</Content>}
          </FlexItem>
          {actions && <FlexItem>{actions}</FlexItem>}
        </Flex>
      </PageSection>
      {tabs && (
        <PageSection type="tabs" hasBodyWrapper={false} className="minato-page-tabs">
          {tabs}
        </PageSection>
      )}
      <PageSection hasBodyWrapper={false} isFilled>
        {children}
      </PageSection>
    </>
  );
}
