/** The page of jobs, in its tabs. */

import { Stack, StackItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { AddressTabs } from "~/ui/AddressTabs";
import { Page } from "~/ui/Page";
import { Queues } from "./Queues";
import { Schedules } from "./Schedules";
import { Throughput } from "./Throughput";
import { Workers } from "./Workers";

/** Both ask at once. */
function WhatIsDone() {
  return (
    <Stack hasGutter>
      <StackItem>
        <Throughput />
      </StackItem>
      <StackItem>
        <Queues />
      </StackItem>
    </Stack>
  );
}

export default function JobsPage() {
  const { t } = useTranslation(["jobs", "common"]);
  const title = t("common:nav.jobs");
  return (
    <Page title={title} subtitle={t("subtitle")}>
      <AddressTabs
        label={title}
        tabs={[
          { key: "queues", title: t("tab.queues"), content: <WhatIsDone /> },
          { key: "schedules", title: t("tab.schedules"), content: <Schedules /> },
          { key: "workers", title: t("tab.workers"), content: <Workers /> },
        ]}
      />
    </Page>
  );
}
