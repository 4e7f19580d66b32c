/** What stands where no page is, or where one broke. */

import { Button } from "@patternfly/react-core";
import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/client";
import { Page } from "~/ui/Page";
import { Empty, Failed } from "~/ui/states";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("shell.notFound")}>
      <Empty title={t("shell.notFoundHint")} actions={<Link to="/projects">{t("shell.toProjects")}</Link>} />
    </Page>
  );
}

export function Crash({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  const title = t(error instanceof ApiError ? "error.title" : "error.crash");
  return (
    <Page title={title}>
      <Failed error={error} />
      <Button variant="link" onClick={() => router.invalidate()}>
        {t("retry")}
      </Button>
    </Page>
  );
}
