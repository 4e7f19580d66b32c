/** The head of a page within a project's tab: where it is, what it is called, what can be done. */

import { Flex, FlexItem, Title } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "~/ui/title";
import { nameOf } from "./kind";
import { within } from "./parents";
import type { Place } from "./queries";

export function Head({
  place: { project, repository },
  title,
  crumb,
  parents = [],
  subtitle,
  actions,
}: {
  place: Place;
  title: string;
  /** What the page shows of the repository; it is the repository itself without. */
  crumb?: string;
  /** The digests of the indexes through which one came to it. */
  parents?: string[];
  subtitle?: ReactNode;
  actions?: ReactNode;
}) {
  useTitle("thing", title);
  return (
    <>
      <Crumbs place={{ project, repository }} crumb={crumb} parents={parents} />
      <Flex
        justifyContent={{ default: "justifyContentSpaceBetween" }}
        alignItems={{ default: "alignItemsFlexStart" }}
        flexWrap={{ default: "nowrap" }}
        style={{ marginBlock: "var(--pf-t--global--spacer--sm) var(--pf-t--global--spacer--md)" }}
      >
        <FlexItem>
          <Title headingLevel="h2" size="xl" style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {subtitle}
        </FlexItem>
        {actions && (
          <Flex
            columnGap={{ default: "columnGapSm" }}
            flexWrap={{ default: "nowrap" }}
            flex={{ default: "flexNone" }}
          >
            {actions}
          </Flex>
        )}
      </Flex>
    </>
  );
}

function Crumbs({
  place: { project, repository },
  crumb,
  parents,
}: {
  place: Place;
  crumb?: string;
  parents: string[];
}) {
  const { t } = useTranslation(["common", "artifacts"]);
  return (
    <nav aria-label={t("artifacts:breadcrumb")}>
      <ol className="minato-crumbs">
        <li>
          <Link to="/projects/$project/repositories" params={{ project }}>
            {t("tabs.repositories")}
          </Link>
        </li>
        <li aria-current={crumb ? undefined : "page"}>
          {crumb ? (
            <Link to="/projects/$project/repositories/$repository" params={{ project, repository }}>
              {repository}
            </Link>
          ) : (
            repository
          )}
        </li>
        {parents.map((digest, index) => (
          <li key={digest}>
            <Link
              to="/projects/$project/repositories/$repository/artifacts/$reference"
              params={{ project, repository, reference: digest }}
              search={{ ...within(parents.slice(0, index)), tab: "contents" }}
            >
              {nameOf(repository, digest)}
            </Link>
          </li>
        ))}
        {crumb && <li aria-current="page">{crumb}</li>}
      </ol>
    </nav>
  );
}
