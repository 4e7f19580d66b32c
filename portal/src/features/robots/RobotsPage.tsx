/** The robots of the system: for several projects, or for the registry itself. */

import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { Robots } from "./Robots";

const ALL = { create: true, update: true, delete: true };

export default function RobotsPage() {
  const { t } = useTranslation(["robots", "common"]);
  return (
    <Page title={t("common:nav.robots")} subtitle={t("systemText")}>
      <Robots project={null} may={ALL} />
    </Page>
  );
}
