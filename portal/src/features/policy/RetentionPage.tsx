/** What a project keeps: the rules, when they are carried out, and what they did. */

import { Button, Content, Flex, FlexItem, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useSystemInfo } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { CronText, Firings } from "~/ui/Cron";
import { useAction } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { Alert } from "~/ui/patternfly/Alert";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Empty, Failed, Loading } from "~/ui/states";
import { MOST_RULES, type Policy, policyQuery, type Rule, scheduleOf } from "./queries";
import { type Open, RetentionDialogs } from "./RetentionDialogs";
import { RulesTable } from "./RulesTable";
import { RunsTable } from "./RunsTable";
import { useRun, useSave } from "./retention-actions";

interface Shown {
  project: string;
  policy?: Policy;
  may: boolean;
  open: (what: Open) => void;
}

export default function RetentionPage() {
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const { data: project } = useQuery(projectQuery(name));
  const id = Number(project?.metadata.retention_id) || 0;
  const { data: policy, error, refetch } = useQuery({ ...policyQuery(id), enabled: id > 0 });
  const can = useCan(name);
  const [open, setOpen] = useState<Open | null>(null);
  if (error && !policy) return <Failed error={error} retry={refetch} />;
  if (!project || (id > 0 && !policy)) return <Loading />;
  const may = can("tag-retention", "update");
  const shown: Shown = { project: name, policy, may, open: setOpen };
  const hasRules = Boolean(policy?.rules?.length);
  return (
    <>
      <Intro project={name} />
      {hasRules ? <Rules {...shown} /> : <NoRules {...shown} />}
      {policy && <Schedule {...shown} />}
      {policy && <RunsTable project={name} policy={id} mayStop={may} />}
      {open && (
        <RetentionDialogs
          project={name}
          projectId={project.project_id}
          policy={policy}
          open={open}
          close={() => setOpen(null)}
        />
      )}
    </>
  );
}

function Intro({ project }: { project: string }) {
  const { t } = useTranslation("policy");
  const can = useCan(project);
  const { undo_period: undoes } = useSystemInfo();
  return (
    <Content component="p">
      {t("retention.intro")}{" "}
      {undoes > 0 && can("artifact", "delete") && (
        <>
          {t("retention.undo")}{" "}
          <Link to="/projects/$project/deleted" params={{ project }}>
            {t("retention.undoLink")}
          </Link>
        </>
      )}
    </Content>
  );
}

function NoRules({ may, open }: Shown) {
  const { t } = useTranslation("policy");
  const add = <Button onClick={() => open({ dialog: "rule" })}>{t("retention.addRule")}</Button>;
  return (
    <Empty title={t("retention.empty")} actions={may && add}>
      {t(may ? "retention.emptyHint" : "retention.emptyRead")}
    </Empty>
  );
}

function Rules({ project, policy, may, open }: Shown) {
  const { t } = useTranslation("policy");
  const notify = useNotify();
  const save = useSave(project, policy?.scope?.ref ?? 0, policy);
  const rules = policy?.rules ?? [];
  const isFull = rules.length >= MOST_RULES;
  const change = async (rules: Rule[]) => {
    try {
      await save({ rules });
      notify.success(t("retention.saved"));
    } catch (error) {
      notify.failure(error);
    }
  };
  return (
    <>
      <Flex
        justifyContent={{ default: "justifyContentSpaceBetween" }}
        alignItems={{ default: "alignItemsCenter" }}
      >
        <FlexItem flex={{ default: "flex_1" }}>
          <Title headingLevel="h2" size="lg">
            {t("retention.rules")}
          </Title>
          <Content component="small">{t("retention.rulesHelp")}</Content>
        </FlexItem>
        {may && (
          <Flex gap={{ default: "gapSm" }}>
            <Button isDisabled={isFull} onClick={() => open({ dialog: "rule" })}>
              {t("retention.addRule")}
            </Button>
            <DryRun project={project} policy={policy?.id ?? 0} />
            <Button variant="secondary" isDanger onClick={() => open({ dialog: "run" })}>
              {t("retention.run")}
            </Button>
            <Button variant="link" isDanger onClick={() => open({ dialog: "policy" })}>
              {t("retention.deletePolicy")}
            </Button>
          </Flex>
        )}
      </Flex>
      {isFull && may && (
        <Alert isInline isPlain variant="info" title={t("retention.full", { most: MOST_RULES })} />
      )}
      <RulesTable
        rules={rules}
        actions={
          may
            ? {
                edit: (index) => open({ dialog: "rule", index }),
                remove: (index) => open({ dialog: "delete", index }),
                change,
              }
            : undefined
        }
      />
    </>
  );
}

function DryRun({ project, policy }: { project: string; policy: number }) {
  const { t } = useTranslation("policy");
  const notify = useNotify();
  const start = useRun(project, policy);
  const { run, busy } = useAction(() => start(true).catch(notify.failure));
  return (
    <BusyButton variant="secondary" title={t("retention.dryRunHelp")} busy={busy} onClick={run}>
      {t("retention.dryRun")}
    </BusyButton>
  );
}

function Schedule({ policy, may, open }: Shown) {
  const { t } = useTranslation("policy");
  const { cron, next } = scheduleOf(policy);
  return (
    <>
      <Title headingLevel="h2" size="lg" className="minato-gap">
        {t("retention.schedule")}
      </Title>
      <Flex gap={{ default: "gapMd" }} alignItems={{ default: "alignItemsBaseline" }}>
        <span>{cron ? <CronText cron={cron} /> : t("retention.scheduleNever")}</span>
        {next && (
          <span>
            {t("retention.nextRun")} <Time value={next} />
          </span>
        )}
        {may && (
          <Button variant="link" isInline onClick={() => open({ dialog: "schedule" })}>
            {t("retention.editSchedule")}
          </Button>
        )}
      </Flex>
      {cron && (
        <Content component="small">
          <Firings cron={cron} />
        </Content>
      )}
    </>
  );
}
