/** Who did what in all projects whose log one may read; for administrators in the system as well. */

import { useTranslation } from "react-i18next";
import { useIsAdmin } from "~/app/session";
import { Page } from "~/ui/Page";
import { AuditLog } from "./AuditLog";

export default function AuditPage() {
  const { t } = useTranslation(["audit", "common"]);
  const isAdmin = useIsAdmin();
  return (
    <Page title={t("common:nav.auditLog")} subtitle={t(isAdmin ? "ofAll" : "ofYours")}>
      <AuditLog />
    </Page>
  );
}
