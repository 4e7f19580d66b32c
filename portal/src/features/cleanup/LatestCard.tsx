/** The latest run: how it stands and what came of it, and the button for the next. */

import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "~/api/client";
import { Time } from "~/ui/format";
import { isLive, Status } from "~/ui/Status";
import { Failed, Loading } from "~/ui/states";
import { Asked, Outcome } from "./Outcome";
import type { Run } from "./queries";
import { type Kind, read } from "./run";

interface Props {
  kind: Kind;
  runs: { data: Page<Run> | undefined; error: unknown; refetch: () => unknown };
  begin: () => void;
  stop: (run: Run) => void;
  show: (run: Run) => void;
  extra?: ReactNode;
}

export function LatestCard({ kind, runs, begin, stop, show, extra }: Props) {
  const { t } = useTranslation(["cleanup", "common"]);
  const run = runs.data?.items[0];
  const running = run && isLive(run.job_status);
  return (
    <Card isCompact isFullHeight>
      <CardTitle component="h2">{t("latest")}</CardTitle>
      <CardBody>
        {runs.error && !runs.data ? (
          <Failed error={runs.error} retry={() => runs.refetch()} />
        ) : !runs.data ? (
          <Loading />
        ) : (
          <>
            {!run && <p className="minato-quiet">{t("noneYet")}</p>}
            {(run || extra) && (
              <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "9rem" }}>
                {run && <Facts kind={kind} run={run} />}
                {extra}
              </DescriptionList>
            )}
          </>
        )}
      </CardBody>
      <CardFooter>
        <Flex gap={{ default: "gapSm" }}>
          <Button onClick={begin} isDisabled={running}>
            {t(`run.${kind}`)}
          </Button>
          {running && (
            <Button variant="secondary" isDanger onClick={() => stop(run)}>
              {t("stop")}
            </Button>
          )}
          {run && (
            <Button variant="link" onClick={() => show(run)}>
              {t("common:log")}
            </Button>
          )}
        </Flex>
      </CardFooter>
    </Card>
  );
}

function Facts({ kind, run }: { kind: Kind; run: Run }) {
  const { t } = useTranslation(["cleanup", "common"]);
  const told = read(run.job_parameters);
  return (
    <>
      <Fact term={t("common:state")}>
        <Flex gap={{ default: "gapSm" }}>
          <Status value={run.job_status ?? ""} />
          <Asked kind={kind} told={told} />
        </Flex>
      </Fact>
      <Fact term={t("common:started")}>
        <Time value={run.creation_time} />
      </Fact>
      <Fact term={t("result")}>
        <Outcome kind={kind} told={told} status={run.job_status} />
      </Fact>
    </>
  );
}

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
