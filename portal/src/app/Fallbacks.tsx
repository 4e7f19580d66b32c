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

/** A part of the console could not be loaded: most likely it is of a version that is gone. */
function isOutdated(error: unknown): boolean {
  return (
    error instanceof Error &&
    /dynamically imported module|module script failed|preload CSS/i.test(error.message)
  );
}

export function Crash({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = async () => {
    await router.invalidate();
    reset?.();
  };
  if (isOutdated(error)) {
    return (
      <Page title={t("error.newVersion")}>
        <Empty
          title={t("error.newVersionText")}
          actions={<Button onClick={() => location.reload()}>{t("error.reload")}</Button>}
        />
      </Page>
    );
  }
  return (
    <Page title={t(error instanceof ApiError ? "error.title" : "error.crash")}>
      <Failed error={error} retry={retry} />
    </Page>
  );
}
