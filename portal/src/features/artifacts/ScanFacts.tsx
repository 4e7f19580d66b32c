/** What a scan found in numbers, with a picture of how bad it is. */

import { Card, CardBody, Flex, FlexItem } from "@patternfly/react-core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { Time, useFormat } from "~/ui/format";
import { Loading } from "~/ui/states";
import { type Fact, FactList } from "./facts";
import { SeverityText } from "./ScanSummary";
import { asSeverity, type Report } from "./vulnerabilities";

const SeverityChart = lazy(() => import("./SeverityChart"));

export function ScanFacts({
  overview,
  report,
}: {
  overview: Schemas["NativeReportSummary"];
  report: Report | null;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const { number, duration } = useFormat();
  const { summary, scanner, severity, end_time: ended, duration: seconds } = overview;
  const found = report?.vulnerabilities ?? [];
  const facts: Fact[] = [
    [
      t("severity.title"),
      severity && summary?.total ? <SeverityText key="severity" severity={asSeverity(severity)} /> : null,
    ],
    [t("scan.total"), number(summary?.total ?? 0)],
    [
      t("scan.fixable"),
      summary?.total
        ? t("scan.fixableOf", { fixable: number(summary.fixable), total: number(summary.total) })
        : null,
    ],
    [t("scan.scanner"), scanner ? `${scanner.name} ${scanner.version}` : null],
    [t("scan.when"), <Time key="when" value={ended} />],
    [t("common:duration"), duration(seconds * 1000)],
  ];
  return (
    <Card isCompact style={{ marginBlock: "0.5rem 1rem" }}>
      <CardBody>
        <Flex alignItems={{ default: "alignItemsCenter" }} flexWrap={{ default: "wrap" }}>
          <FlexItem style={{ flex: "1 1 16rem" }}>
            <FactList facts={facts} terms="8rem" />
          </FlexItem>
          {found.length > 0 && (
            <FlexItem style={{ flex: "2 1 28rem", minInlineSize: 0 }}>
              <Suspense fallback={<Loading />}>
                <SeverityChart found={found} />
              </Suspense>
            </FlexItem>
          )}
        </Flex>
      </CardBody>
    </Card>
  );
}
