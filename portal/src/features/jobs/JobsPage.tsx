/** The page of jobs, in its tabs. */

import { useTranslation } from "react-i18next";
import { AddressTabs } from "~/ui/AddressTabs";
import { Page } from "~/ui/Page";
import { Queues } from "./Queues";
import { Schedules } from "./Schedules";
import { Workers } from "./Workers";

export default function JobsPage() {
  const { t } = useTranslation(["jobs", "common"]);
  const title = t("common:nav.jobs");
  return (
    <Page title={title} subtitle={t("subtitle")}>
      <AddressTabs
        label={title}
        tabs={[
          { key: "queues", title: t("tab.queues"), content: <Queues /> },
          { key: "schedules", title: t("tab.schedules"), content: <Schedules /> },
          { key: "workers", title: t("tab.workers"), content: <Workers /> },
        ]}
      />
    </Page>
  );
}
