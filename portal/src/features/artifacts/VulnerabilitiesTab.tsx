/** What a scanner found in an artifact, and having it look again. */

import { Button, Flex } from "@patternfly/react-core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useCurrentUser } from "~/app/session";
import { Alert } from "~/ui/patternfly/Alert";
import { isLive } from "~/ui/Status";
import { Empty, Failed, Loading } from "~/ui/states";
import { useScanning } from "./actions";
import { Findings, useAllowed } from "./Findings";
import { isIndex, overviewOf } from "./kind";
import { type Artifact, type Place, vulnerabilitiesQuery } from "./queries";
import { ScanFacts } from "./ScanFacts";
import type { Report } from "./vulnerabilities";

const ScanLog = lazy(() => import("./ScanLog"));

export default function VulnerabilitiesTab({ place, artifact }: { place: Place; artifact: Artifact }) {
  const { t } = useTranslation("artifacts");
  const can = useCan(place.project);
  const user = useCurrentUser();
  const [showsLog, setShowsLog] = useState(false);
  const scanning = useScanning(place);
  const overview = overviewOf(artifact);
  const live = isLive(overview?.scan_status);
  const report = useQuery({
    ...vulnerabilitiesQuery(place, artifact.digest, `${overview?.report_id} ${overview?.scan_status}`),
    enabled: overview !== undefined,
  });
  const mayScan = scanning.hasScanner && can("scan", "create");
  const now = mayScan && !live && (
    <Button variant={overview ? "secondary" : "primary"} onClick={() => scanning.start([artifact])}>
      {t(overview ? "scan.again" : "scan.now")}
    </Button>
  );
  if (!overview) {
    return (
      <Empty title={t("scan.notTitle")} actions={now}>
        {t(scanning.hasScanner || !user ? "scan.notHelp" : "scan.noScanner")}
      </Empty>
    );
  }
  const log = can("scan", "read") && !isIndex(artifact) && (
    <Button variant="link" onClick={() => setShowsLog(true)}>
      {t("scan.showLog")}
    </Button>
  );
  return (
    <>
      <State
        status={overview.scan_status}
        stop={live && can("scan", "stop") ? () => scanning.stop([artifact]) : undefined}
      />
      <Flex justifyContent={{ default: "justifyContentFlexEnd" }} style={{ marginBlockStart: "0.5rem" }}>
        {log}
        {now}
      </Flex>
      {overview.summary && <ScanFacts overview={overview} report={report.data ?? null} />}
      {overview.summary && <Found project={place.project} report={report} />}
      {showsLog && (
        <Suspense>
          <ScanLog
            place={place}
            digest={artifact.digest}
            report={overview.report_id}
            live={live}
            close={() => setShowsLog(false)}
          />
        </Suspense>
      )}
    </>
  );
}

/** That it is being scanned now, or why there may be nothing. */
function State({ status, stop }: { status: string; stop?: () => void }) {
  const { t } = useTranslation("artifacts");
  if (isLive(status)) {
    return (
      <Alert
        isInline
        variant="info"
        title={t("scan.running")}
        actionLinks={
          stop && (
            <Button variant="link" isInline onClick={stop}>
              {t("scan.stop")}
            </Button>
          )
        }
      >
        {t("scan.runningHelp")}
      </Alert>
    );
  }
  if (status === "Error") {
    return (
      <Alert isInline variant="danger" title={t("scan.failed")}>
        {t("scan.failedHelp")}
      </Alert>
    );
  }
  if (status === "Stopped") return <Alert isInline variant="warning" title={t("scan.wasStopped")} />;
  return null;
}

function Found({ project, report }: { project: string; report: UseQueryResult<Report | null> }) {
  const passes = useAllowed(project);
  if (report.error) return <Failed error={report.error} retry={report.refetch} />;
  if (report.data === undefined) return <Loading />;
  return (
    <Findings passes={passes} found={report.data?.vulnerabilities ?? []} scanner={report.data?.scanner} />
  );
}
