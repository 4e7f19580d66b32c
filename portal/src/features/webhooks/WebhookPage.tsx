/** One webhook: what it is, and what it delivered. */

import { Breadcrumb, BreadcrumbItem, Button, Flex, FlexItem, Label, Title } from "@patternfly/react-core";
import { useQueries } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { Failed, Loading } from "~/ui/states";
import { useTitle } from "~/ui/title";
import { Deliveries } from "./Deliveries";
import { type Open, useRefresh, useSwitch, WebhookDialogs } from "./dialogs";
import { Facts } from "./Facts";
import { lastQuery, type Policy, policyQuery } from "./queries";

export default function WebhookPage() {
  const { t } = useTranslation(["webhooks", "common"]);
  const { project, policy: number } = useParams({ from: "/shell/projects/$project/webhooks/$policy" });
  const id = Number(number);
  const [found, last] = useQueries({ queries: [policyQuery(project, id), lastQuery(project)] });
  const policy = found.data;
  useTitle("thing", policy?.name ?? number);
  return (
    <>
      <Breadcrumb aria-label={t("where")}>
        <BreadcrumbItem>
          <Link to="/projects/$project/webhooks" params={{ project }}>
            {t("common:tabs.webhooks")}
          </Link>
        </BreadcrumbItem>
        <BreadcrumbItem isActive>{policy?.name ?? number}</BreadcrumbItem>
      </Breadcrumb>
      {found.error && <Failed error={found.error} retry={found.refetch} />}
      {!policy && !found.error && <Loading />}
      {policy && (
        <>
          <Head project={project} policy={policy} />
          <Facts policy={policy} last={last.data ?? []} />
          <Title headingLevel="h3" className="minato-gap">
            {t("deliveries.title")}
          </Title>
          <Deliveries project={project} policy={id} />
        </>
      )}
    </>
  );
}

function Head({ project, policy }: { project: string; policy: Policy }) {
  const { t } = useTranslation(["webhooks", "common"]);
  const can = useCan(project);
  const navigate = useNavigate();
  const toggle = useSwitch(project);
  const refresh = useRefresh(project);
  const [open, setOpen] = useState<Open | null>(null);
  const mayUpdate = can("notification-policy", "update");
  return (
    <Flex alignItems={{ default: "alignItemsCenter" }}>
      <Title headingLevel="h2">{policy.name}</Title>
      <FlexItem grow={{ default: "grow" }}>
        <Label isCompact color={policy.enabled ? "green" : "grey"}>
          {t(policy.enabled ? "common:enabled" : "common:disabled")}
        </Label>
      </FlexItem>
      {mayUpdate && (
        <>
          <Button variant="secondary" onClick={() => setOpen({ kind: "edit", policy })}>
            {t("common:edit")}
          </Button>
          <Button variant="secondary" onClick={() => toggle(policy)}>
            {t(policy.enabled ? "common:disable" : "common:enable")}
          </Button>
        </>
      )}
      {can("notification-policy", "delete") && (
        <Button variant="secondary" isDanger onClick={() => setOpen({ kind: "delete", policies: [policy] })}>
          {t("common:delete")}
        </Button>
      )}
      <WebhookDialogs
        project={project}
        open={open}
        close={() => setOpen(null)}
        deleted={async () => {
          // Only from there on nobody asks for the one that is gone.
          await navigate({ to: "/projects/$project/webhooks", params: { project } });
          refresh();
        }}
      />
    </Flex>
  );
}
