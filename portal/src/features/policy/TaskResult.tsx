/** What retention decided about each artifact of a repository, and the log that says so. */

import { Flex, Label, Switch, Title, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { text } from "~/api/client";
import { Time, useFormat } from "~/ui/format";
import { LIVE, LogView } from "~/ui/LogView";
import { Name } from "~/ui/Name";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { isLive } from "~/ui/Status";
import { Failed, Loading } from "~/ui/states";
import { type Task, taskLog } from "./queries";
import { type Decision, decisionsIn } from "./result";

/** Most rows that are drawn. */
const MOST_SHOWN = 200;

interface Props {
  project: string;
  policy: number;
  task: Task;
  dry: boolean;
}

export function TaskResult({ project, policy, task, dry }: Props) {
  const { t } = useTranslation("policy");
  const [view, setView] = useState<"decisions" | "log">("decisions");
  const path = taskLog(policy, task.execution_id, task.id);
  const live = isLive(task.status);
  return (
    <section>
      <Flex
        justifyContent={{ default: "justifyContentSpaceBetween" }}
        alignItems={{ default: "alignItemsCenter" }}
        className="minato-gap"
      >
        <Title headingLevel="h3" size="md">
          {t("run.of", { name: task.repository })}
        </Title>
        <ToggleGroup aria-label={t("run.view")} isCompact>
          {(["decisions", "log"] as const).map((one) => (
            <ToggleGroupItem
              key={one}
              text={t(`run.${one}`)}
              isSelected={view === one}
              onChange={() => setView(one)}
            />
          ))}
        </ToggleGroup>
      </Flex>
      {view === "log" ? (
        <LogView path={path} live={live} />
      ) : (
        <Decisions path={path} live={live} dry={dry} project={project} repository={task.repository} />
      )}
    </section>
  );
}

function Decisions({
  path,
  live,
  dry,
  project,
  repository,
}: {
  path: string;
  live: boolean;
  dry: boolean;
  project: string;
  repository: string;
}) {
  const { t } = useTranslation("policy");
  const { number } = useFormat();
  const [onlyDropped, setOnlyDropped] = useState(false);
  const { data, error, refetch } = useQuery({
    // Read once more when the task has ended.
    queryKey: ["log", path, live],
    queryFn: () => text(path),
    refetchInterval: live ? LIVE : false,
  });
  const all = useMemo(() => decisionsIn(data ?? ""), [data]);
  if (error) return <Failed error={error} retry={refetch} />;
  if (data === undefined) return <Loading />;
  if (!all.length) return <p className="minato-quiet">{t("run.nothing")}</p>;
  const chosen = onlyDropped ? all.filter(({ fate }) => fate === "dropped") : all;
  return (
    <>
      <div style={{ paddingBlock: "var(--pf-t--global--spacer--sm)" }}>
        <Switch
          id="only-dropped"
          label={t("run.onlyDropped")}
          isChecked={onlyDropped}
          onChange={(_, on) => setOnlyDropped(on)}
        />
      </div>
      {chosen.length === 0 ? (
        <p className="minato-quiet">{t("run.nothingDropped")}</p>
      ) : (
        <DecisionTable
          decisions={chosen.slice(0, MOST_SHOWN)}
          dry={dry}
          project={project}
          repository={repository}
        />
      )}
      {chosen.length > MOST_SHOWN && (
        <p className="minato-quiet">{t("run.part", { shown: number(MOST_SHOWN), count: chosen.length })}</p>
      )}
    </>
  );
}

function DecisionTable({
  decisions,
  dry,
  project,
  repository,
}: {
  decisions: Decision[];
  dry: boolean;
  project: string;
  repository: string;
}) {
  const { t } = useTranslation("policy");
  const columns = ["artifact", "tags", "fate", "why", "pushed", "pulled"] as const;
  return (
    <Table aria-label={t("run.of", { name: repository })} variant="compact">
      <Thead>
        <Tr>
          {columns.map((column) => (
            <Th key={column} modifier="nowrap">
              {t(`run.${column}`)}
            </Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {decisions.map((decision) => (
          <Tr key={decision.digest}>
            <Td dataLabel={t("run.artifact")} modifier="nowrap">
              <Subject decision={decision} gone={!dry} project={project} repository={repository} />
            </Td>
            <Td dataLabel={t("run.tags")}>
              <Tags names={decision.tags} />
            </Td>
            <Td dataLabel={t("run.fate")} modifier="nowrap">
              <FateLabel decision={decision} dry={dry} />
            </Td>
            <Td dataLabel={t("run.why")}>
              <Why decision={decision} />
            </Td>
            <Td dataLabel={t("run.pushed")} modifier="nowrap">
              <Time value={decision.pushed} />
            </Td>
            <Td dataLabel={t("run.pulled")} modifier="nowrap">
              <Time value={decision.pulled} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Subject({
  decision: { digest, fate },
  gone,
  project,
  repository,
}: {
  decision: Decision;
  gone: boolean;
  project: string;
  repository: string;
}) {
  const short = <Name text={digest.slice(0, 15)} />;
  if (gone && fate === "dropped") return <code title={digest}>{short}</code>;
  const home = `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(repository)}`;
  const address: string = `${home}/artifacts/${digest}`;
  return (
    <Link to={address} title={digest}>
      <code>{short}</code>
    </Link>
  );
}

function Tags({ names }: { names: string[] }) {
  const { t } = useTranslation("policy");
  if (!names.length) return <span className="minato-quiet">{t("run.untagged")}</span>;
  return (
    <LabelGroup numLabels={5} isCompact>
      {names.map((name) => (
        <Label key={name} isCompact variant="outline">
          {name}
        </Label>
      ))}
    </LabelGroup>
  );
}

const COLOURS = { kept: "green", dropped: "red", immutable: "blue", other: "grey" } as const;

function FateLabel({ decision: { fate }, dry }: { decision: Decision; dry: boolean }) {
  const { t } = useTranslation("policy");
  return (
    <Label isCompact color={COLOURS[fate]}>
      {fate === "dropped" && dry ? t("run.fateDry") : t(`run.fates.${fate}`)}
    </Label>
  );
}

/** The reason in the reader's words; the server's for what is special, and on hover always. */
function Why({ decision: { fate, rule, why } }: { decision: Decision }) {
  const { t } = useTranslation("policy");
  const words: Record<Decision["fate"], string> = {
    kept: rule === undefined ? why : t("run.byRule", { number: rule }),
    dropped: t("run.noRule"),
    immutable: t("run.held"),
    other: why,
  };
  return <span title={why}>{words[fate]}</span>;
}
