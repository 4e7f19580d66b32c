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
import { type ReactNode, useEffect, useRef } from "react";

/** The first page of a visit is read from its top; only after it is the focus led. */
let isFirst = true;

/** After a link was followed the focus goes to the new page's heading, unless something in it has it. */
function useLedFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    const isElsewhere = !focused || focused === document.body || !focused.closest("main, [role=dialog]");
    if (!isFirst && isElsewhere) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return heading;
}

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
  const heading = useLedFocus();
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
            <Title headingLevel="h1" size="2xl" ref={heading} tabIndex={-1}>
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
      <PageSection hasBodyWrapper={false} isFilled className="minato-page-body">
        {children}
      </PageSection>
    </>
  );
}
