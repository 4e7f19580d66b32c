/** The labels that every project can use. */

import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { Labels } from "./Labels";

const ALL = { create: true, update: true, delete: true };
const GLOBAL = { scope: "g" } as const;

export default function LabelsPage() {
  const { t } = useTranslation(["labels", "common"]);
  return (
    <Page title={t("common:nav.labels")} subtitle={t("globalHint")}>
      <Labels scope={GLOBAL} may={ALL} />
    </Page>
  );
}
