/** The page of the configuration, in its tabs. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { AddressTabs } from "~/ui/AddressTabs";
import { Page } from "~/ui/Page";
import { Alert } from "~/ui/patternfly/Alert";
import { Failed, Loading } from "~/ui/states";
import { Allowlist } from "./Allowlist";
import { Authentication } from "./Authentication";
import { configurationsQuery } from "./queries";
import { SystemSettings } from "./SystemSettings";
import { isFixed } from "./settings";

export default function ConfigurationPage() {
  const { t } = useTranslation(["configuration", "common"]);
  const { data: items, error, refetch } = useQuery(configurationsQuery);
  const title = t("common:nav.configuration");
  if (!items) {
    return <Page title={title}>{error ? <Failed error={error} retry={refetch} /> : <Loading />}</Page>;
  }
  return (
    <Page title={title} subtitle={t("subtitle")}>
      {isFixed(items) && (
        <Alert isInline variant="info" title={t("fixed.title")}>
          {t("fixed.text")}
        </Alert>
      )}
      <AddressTabs
        label={title}
        tabs={[
          { key: "auth", title: t("tab.auth"), content: <Authentication items={items} /> },
          { key: "security", title: t("tab.security"), content: <Allowlist /> },
          { key: "system", title: t("tab.system"), content: <SystemSettings items={items} /> },
        ]}
      />
    </Page>
  );
}
