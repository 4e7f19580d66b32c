/** What this registry is: its version, what it tells of itself, and where more is to be read. */

import { Content, DescriptionList, Stack, StackItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSystemInfo } from "~/app/session";
import { Copy } from "~/ui/Copy";
import { useFormat } from "~/ui/format";
import { Page } from "~/ui/Page";
import { apiVersionQuery } from "./queries";
import { Fact, Section } from "./Section";
import { readVersion } from "./version";

const STANDARDS = [
  ["distribution", "https://github.com/opencontainers/distribution-spec/blob/main/spec.md"],
  ["image", "https://github.com/opencontainers/image-spec/blob/main/spec.md"],
] as const;

export default function AboutPage() {
  const { t } = useTranslation(["account", "common"]);
  return (
    <Page title={t("about.title")} subtitle={t("about.text")}>
      <Stack hasGutter>
        <StackItem>
          <Section title={t("about.server")}>
            <Server />
          </Section>
        </StackItem>
        <StackItem>
          <Section title={t("about.more")}>
            <Content component="ul">
              <li>
                <a href="/api/explorer/" target="_blank" rel="noreferrer">
                  {t("common:shell.api")}
                </a>
                {" – "}
                {t("about.explorer")}
              </li>
              <li>
                <a href="/api/openapi.json" target="_blank" rel="noreferrer">
                  openapi.json
                </a>
                {" – "}
                {t("about.openapi")}
              </li>
              {STANDARDS.map(([name, address]) => (
                <li key={name}>
                  <a href={address} target="_blank" rel="noreferrer">
                    {t(`about.${name}`)}
                  </a>
                </li>
              ))}
            </Content>
          </Section>
        </StackItem>
        <StackItem>
          <Section title={t("about.licence")}>
            <a href="https://www.apache.org/licenses/LICENSE-2.0" target="_blank" rel="noreferrer">
              {t("about.licenceText")}
            </a>
          </Section>
        </StackItem>
      </Stack>
    </Page>
  );
}

function Server() {
  const { t } = useTranslation(["account", "common"]);
  const info = useSystemInfo();
  const { dateTime } = useFormat();
  const { data: api } = useQuery(apiVersionQuery);
  const version = readVersion(info.harbor_version ?? "");
  return (
    <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "22ch" }}>
      {version && <Fact term="Minato">{version.minato}</Fact>}
      {version && <Fact term={t("about.compatible")}>{version.harbor}</Fact>}
      {!version && info.harbor_version && <Fact term={t("about.version")}>{info.harbor_version}</Fact>}
      {api && <Fact term={t("about.api")}>{api}</Fact>}
      {info.external_url && (
        <Fact term={t("about.address")}>
          <Copy text={info.external_url} label={t("about.address")} />
        </Fact>
      )}
      <Fact term={t("about.authMode")}>
        {t(info.auth_mode === "db_auth" ? "about.local" : "about.other", { mode: info.auth_mode })}
      </Fact>
      {info.registry_storage_provider_name && (
        <Fact term={t("about.storage")}>{info.registry_storage_provider_name}</Fact>
      )}
      {info.read_only !== undefined && (
        <Fact term={t("about.readOnly")}>{t(info.read_only ? "common:yes" : "common:no")}</Fact>
      )}
      <Fact term={t("about.signUp")}>{t(info.self_registration ? "common:yes" : "common:no")}</Fact>
      {info.current_time && <Fact term={t("about.time")}>{dateTime(info.current_time)}</Fact>}
    </DescriptionList>
  );
}
