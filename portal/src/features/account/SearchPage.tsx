/** All projects and repositories whose names have a text in them. */

import { Content, Label, Stack, StackItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { type Found, MOST, projectAddress, repositoryAddress, searchQuery } from "~/app/find/search";
import { usePreferences } from "~/app/preferences";
import { Time, useFormat } from "~/ui/format";
import { Page } from "~/ui/Page";
import { Empty, Failed, Loading } from "~/ui/states";
import { AddressLink } from "./AddressLink";

export default function SearchPage() {
  const { t } = useTranslation("account");
  const search = useSearch({ strict: false }) as { text?: unknown };
  const text = String(search.text ?? "").trim();
  const { data: found, error, refetch } = useQuery(searchQuery(text));
  return (
    <Page title={text ? t("search.title", { text }) : t("search.untitled")}>
      {text ? (
        error && !found ? (
          <Failed error={error} retry={refetch} />
        ) : found ? (
          <Results found={found} />
        ) : (
          <Loading />
        )
      ) : (
        <Empty title={t("search.empty")}>{t("search.emptyText")}</Empty>
      )}
    </Page>
  );
}

function Results({ found }: { found: Found }) {
  const { t } = useTranslation("account");
  const { number } = useFormat();
  if (found.project.length + found.repository.length === 0) {
    return <Empty title={t("search.nothing")}>{t("search.nothingText")}</Empty>;
  }
  return (
    <Stack hasGutter>
      {found.project.length > 0 && (
        <StackItem>
          <Group title={t("search.projects", { count: found.project.length })} count={found.project.length}>
            <Projects found={found} number={number} />
          </Group>
        </StackItem>
      )}
      {found.repository.length > 0 && (
        <StackItem>
          <Group
            title={t("search.repositories", { count: found.repository.length })}
            count={found.repository.length}
          >
            <Repositories found={found} number={number} />
          </Group>
        </StackItem>
      )}
    </Stack>
  );
}

function Group({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  const { t } = useTranslation("account");
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Content component="h2" id={id}>
        {title}
      </Content>
      {count >= MOST && <Content component="small">{t("search.first", { count: MOST })}</Content>}
      {children}
    </section>
  );
}

type Rows = { found: Found; number: (value: number) => string };

function Projects({ found, number }: Rows) {
  const { t } = useTranslation(["account", "common", "projects"]);
  const { compact } = usePreferences();
  return (
    <Table aria-label={t("common:nav.projects")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th width={40}>{t("common:name")}</Th>
          <Th>{t("projects:access")}</Th>
          <Th>{t("projects:repositories")}</Th>
          <Th>{t("common:created")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {found.project.map((project) => (
          <Tr key={project.project_id}>
            <Td dataLabel={t("common:name")}>
              <AddressLink to={projectAddress(project.name)}>{project.name}</AddressLink>
            </Td>
            <Td dataLabel={t("projects:access")}>
              <Access isPublic={project.metadata.public === "true"} />
            </Td>
            <Td dataLabel={t("projects:repositories")}>{number(project.repo_count ?? 0)}</Td>
            <Td dataLabel={t("common:created")} modifier="nowrap">
              <Time value={project.creation_time} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Repositories({ found, number }: Rows) {
  const { t } = useTranslation(["account", "common", "projects"]);
  const { compact } = usePreferences();
  return (
    <Table aria-label={t("projects:repositories")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th width={40}>{t("common:name")}</Th>
          <Th>{t("projects:access")}</Th>
          <Th>{t("search.artifacts")}</Th>
          <Th>{t("search.pulls")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {found.repository.map((one) => (
          <Tr key={one.repository_name}>
            <Td dataLabel={t("common:name")}>
              <AddressLink to={repositoryAddress(one.project_name, one.repository_name)}>
                {one.repository_name}
              </AddressLink>
            </Td>
            <Td dataLabel={t("projects:access")}>
              <Access isPublic={one.project_public === true} />
            </Td>
            <Td dataLabel={t("search.artifacts")}>{number(one.artifact_count ?? 0)}</Td>
            <Td dataLabel={t("search.pulls")}>{number(one.pull_count ?? 0)}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Access({ isPublic }: { isPublic: boolean }) {
  const { t } = useTranslation("projects");
  return (
    <Label isCompact color={isPublic ? "green" : "grey"}>
      {t(isPublic ? "public" : "private")}
    </Label>
  );
}
