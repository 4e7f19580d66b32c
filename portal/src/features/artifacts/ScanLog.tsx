/** The log of a scan. */

import { useTranslation } from "react-i18next";
import { repositoryParam } from "~/api/client";
import { LogDialog } from "~/ui/LogDialog";
import type { Place } from "./queries";

export default function ScanLog({
  place,
  digest,
  report,
  live,
  close,
}: {
  place: Place;
  digest: string;
  report: string;
  live: boolean;
  close: () => void;
}) {
  const { t } = useTranslation("artifacts");
  const project = encodeURIComponent(place.project);
  const repository = encodeURIComponent(repositoryParam(place.repository));
  const scan = encodeURIComponent(report);
  return (
    <LogDialog
      title={t("scan.log")}
      path={`/projects/${project}/repositories/${repository}/artifacts/${digest}/scan/${scan}/log`}
      live={live}
      close={close}
    />
  );
}
