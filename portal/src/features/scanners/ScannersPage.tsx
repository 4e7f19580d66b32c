/** The page of scanners, in its tabs. */

import { useTranslation } from "react-i18next";
import { AddressTabs } from "~/ui/AddressTabs";
import { Page } from "~/ui/Page";
import { ScanEverything } from "./ScanEverything";
import { Scanners } from "./Scanners";

export default function ScannersPage() {
  const { t } = useTranslation(["scanners", "common"]);
  const title = t("common:nav.scanners");
  return (
    <Page title={title} subtitle={t("subtitle")}>
      <AddressTabs
        label={title}
        tabs={[
          { key: "scanners", title, content: <Scanners /> },
          { key: "vulnerability", title: t("tab.everything"), content: <ScanEverything /> },
        ]}
      />
    </Page>
  );
}
