/** The frame of every page: where it is, what it is called, what can be done. */

import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "./title";

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

function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("shell.where")}>
      <ol className="minato-crumbs">
        {crumbs.map(({ label, to }) => (
          <li key={`${label}${to}`} aria-current={to ? undefined : "page"}>
            {to ? <Link to={to}>{label}</Link> : label}
          </li>
        ))}
      </ol>
    </nav>
  );
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
  useTitle("page", title);
  return (
    <>
      <div className="minato-page-head">
        {crumbs && crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
        <div className="minato-page-title">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {subtitle && <div className="minato-page-subtitle">{subtitle}</div>}
          </div>
          {actions && <div className="minato-page-actions">{actions}</div>}
        </div>
      </div>
      {tabs && <div className="minato-page-tabs">{tabs}</div>}
      <div className="minato-page-body">{children}</div>
    </>
  );
}
