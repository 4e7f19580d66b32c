/** A run: what it found, one by one, and its log. */

import { Title } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { Digest } from "~/ui/Copy";
import { ReadDialog } from "~/ui/dialogs";
import { Size, useFormat } from "~/ui/format";
import { LogView } from "~/ui/LogView";
import { Status } from "~/ui/Status";
import { Outcome } from "./Outcome";
import { logPath, type Run } from "./queries";
import { FINDINGS, type Finding, type Kind, type Report, read } from "./run";

export function RunDetails({
  kind,
  run,
  live,
  close,
}: {
  kind: Kind;
  run: Run;
  live: boolean;
  close: () => void;
}) {
  const { t } = useTranslation(["cleanup", "common"]);
  const told = read(run.job_parameters);
  return (
    <ReadDialog
      title={t(`runOf.${kind}`, { id: run.id })}
      description={<Status value={run.job_status ?? ""} />}
      size="large"
      close={close}
    >
      <Outcome kind={kind} told={told} status={run.job_status} />
      {told.report && <Looked report={told.report} />}
      {told.report && told.report.findings.length > 0 && <Findings report={told.report} />}
      <Title headingLevel="h2" size="md" className="minato-gap">
        {t("common:log")}
      </Title>
      <LogView path={logPath(kind, run)} live={live} />
    </ReadDialog>
  );
}

function Looked({ report }: { report: Report }) {
  const { t } = useTranslation("cleanup");
  const { number, bytes } = useFormat();
  return (
    <p className="minato-quiet">
      {t("lookedAt", {
        blobs: number(report.blobs),
        manifests: number(report.manifests),
        size: bytes(report.bytes),
      })}{" "}
      {report.young > 0 && t("young", { count: report.young })}
    </p>
  );
}

function Findings({ report }: { report: Report }) {
  const { t } = useTranslation(["cleanup", "common"]);
  const total = Object.values(report.found).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <Title headingLevel="h2" size="md" className="minato-gap">
        {t("findings")}
      </Title>
      {total > report.findings.length && (
        <p className="minato-quiet">{t("firstFindings", { count: report.findings.length })}</p>
      )}
      <Table variant="compact" aria-label={t("findings")}>
        <Thead>
          <Tr>
            <Th>{t("what")}</Th>
            <Th>{t("digest")}</Th>
            <Th>{t("common:size")}</Th>
            <Th>{t("neededBy")}</Th>
            <Th>{t("repairedColumn")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {report.findings.map((finding) => (
            <Row key={`${finding.what} ${finding.digest} ${finding.key}`} finding={finding} />
          ))}
        </Tbody>
      </Table>
    </>
  );
}

function Row({ finding }: { finding: Finding }) {
  const { t } = useTranslation(["cleanup", "common"]);
  const known = FINDINGS.find((what) => what === finding.what);
  return (
    <Tr>
      <Td dataLabel={t("what")}>{known ? t(`found.${known}`) : finding.what}</Td>
      <Td dataLabel={t("digest")}>
        {finding.digest ? <Digest value={finding.digest} /> : <code>{finding.key}</code>}
      </Td>
      <Td dataLabel={t("common:size")}>
        <Size bytes={finding.size} />
      </Td>
      <Td dataLabel={t("neededBy")} modifier="breakWord">
        {finding.needed_by.join(", ") || "–"}
      </Td>
      <Td dataLabel={t("repairedColumn")}>{t(finding.repaired ? "common:yes" : "common:no")}</Td>
    </Tr>
  );
}
