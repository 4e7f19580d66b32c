/** The page of clean-up, in its tabs. */

import { useTranslation } from "react-i18next";
import { AddressTabs } from "~/ui/AddressTabs";
import { Page } from "~/ui/Page";
import { BlobLookup } from "./BlobLookup";
import { Disk } from "./Disk";
import { Quarantine } from "./Quarantine";
import { RunsTab } from "./RunsTab";

export default function CleanupPage() {
  const { t } = useTranslation(["cleanup", "common"]);
  const title = t("common:nav.cleanup");
  const tabs = [
    {
      key: "gc",
      title: t("tab.gc"),
      content: (
        <RunsTab kind="gc" extra={<Disk />}>
          <BlobLookup />
        </RunsTab>
      ),
    },
    { key: "audit-log", title: t("tab.purgeaudit"), content: <RunsTab kind="purgeaudit" /> },
    { key: "check", title: t("tab.fsck"), content: <RunsTab kind="fsck" /> },
    { key: "scrub", title: t("tab.scrub"), content: <RunsTab kind="scrub" /> },
    { key: "quarantine", title: t("tab.quarantine"), content: <Quarantine /> },
  ];
  return (
    <Page title={title} subtitle={t("subtitle")}>
      <AddressTabs label={title} tabs={tabs} />
    </Page>
  );
}
