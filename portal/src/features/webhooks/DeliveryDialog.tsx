/** One delivery: what was sent, each attempt's job, and its log. */

import { Button, CodeBlock, CodeBlockCode, ExpandableSection } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ReadDialog } from "~/ui/dialogs";
import { Time } from "~/ui/format";
import { LogView } from "~/ui/LogView";
import { isLive, Status } from "~/ui/Status";
import { Failed, Loading } from "~/ui/states";
import { useEventName } from "./events";
import { contentOf, type Delivery, logPath, tasksQuery } from "./queries";

interface Props {
  project: string;
  policy: number;
  id: number;
  /** As the list shows it; not there if it is on another page of it. */
  delivery: Delivery | undefined;
  redeliver?: () => Promise<void>;
  close: () => void;
}

export default function DeliveryDialog({ project, policy, id, delivery, redeliver, close }: Props) {
  const { t } = useTranslation(["webhooks", "common"]);
  const nameOf = useEventName();
  const content = delivery && contentOf(delivery);
  return (
    <ReadDialog
      title={t("delivery.title", { id })}
      size="large"
      scrolls
      description={
        delivery &&
        content && (
          <>
            <Status value={delivery.status} /> {nameOf(content.event)}{" "}
            <span className="minato-quiet">
              <Time value={delivery.start_time} />
            </span>
          </>
        )
      }
      actions={
        redeliver && (
          <Button
            variant="secondary"
            onClick={async () => {
              await redeliver();
              close();
            }}
          >
            {t("deliveries.again.action")}
          </Button>
        )
      }
      close={close}
    >
      <Tasks project={project} policy={policy} delivery={id} />
      {content?.payload && (
        <ExpandableSection toggleText={t("delivery.payload")} className="minato-gap">
          <CodeBlock>
            <CodeBlockCode>{content.payload}</CodeBlockCode>
          </CodeBlock>
        </ExpandableSection>
      )}
    </ReadDialog>
  );
}

function Tasks({ project, policy, delivery }: { project: string; policy: number; delivery: number }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const { data: tasks, error, refetch } = useQuery(tasksQuery(project, policy, delivery));
  if (error) return <Failed error={error} retry={refetch} />;
  if (!tasks) return <Loading />;
  return tasks.items.map((task) => (
    <div key={task.id} className="minato-gap">
      <p>
        {t("delivery.task", { id: task.id })} <Status value={task.status} />{" "}
        <span className="minato-quiet">{t("delivery.attempts", { count: Math.max(1, task.run_count) })}</span>
      </p>
      {task.status_message && <p>{task.status_message}</p>}
      <LogView path={logPath(project, policy, delivery, task.id)} live={isLive(task.status)} />
    </div>
  ));
}
