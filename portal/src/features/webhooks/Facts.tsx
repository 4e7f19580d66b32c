/** What a webhook is: whom it tells, how, and of what. */

import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { Time } from "~/ui/format";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { useEventName } from "./events";
import type { Policy } from "./queries";

type Target = Schemas["WebhookTargetObject"];

export function Facts({ policy, last }: { policy: Policy; last: Schemas["WebhookLastTrigger"][] }) {
  const { t } = useTranslation(["webhooks", "common"]);
  return (
    <DescriptionList isCompact columnModifier={{ default: "2Col" }} className="minato-gap">
      {policy.description && <Fact term={t("common:description")}>{policy.description}</Fact>}
      {policy.targets?.map((target) => (
        <Fact key={`${target.type}${target.address}`} term={t("target")}>
          <TargetText target={target} />
        </Fact>
      ))}
      <Fact term={t("common:created")}>
        <Time value={policy.creation_time} />
        {policy.creator && <div className="minato-quiet">{t("by", { name: policy.creator })}</div>}
      </Fact>
      <Fact term={t("events")}>
        <Events policy={policy} last={last} />
      </Fact>
    </DescriptionList>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function TargetText({ target }: { target: Target }) {
  const { t } = useTranslation("webhooks");
  const format = target.payload_format === "CloudEvents" ? "CloudEvents" : "Default";
  return (
    <>
      <div style={{ overflowWrap: "anywhere" }}>{target.address}</div>
      <div className="minato-quiet">
        {target.type === "slack" ? t("types.slack") : t(`formats.${format}`)}
        {" · "}
        {t(target.skip_cert_verify ? "unverified" : "verified")}
      </div>
    </>
  );
}

/** Each event, with the time when it was told last if it was. */
function Events({ policy, last }: { policy: Policy; last: Schemas["WebhookLastTrigger"][] }) {
  const { t } = useTranslation("webhooks");
  const nameOf = useEventName();
  return (
    <LabelGroup numLabels={20} isCompact aria-label={t("events")}>
      {(policy.event_types ?? []).map((event) => {
        const own = last.find((one) => one.policy_name === policy.name && one.event_type === event);
        const time = own?.last_trigger_time;
        return (
          <Label key={event} isCompact color={time ? "teal" : "grey"}>
            {nameOf(event)}
            {time && (
              <>
                {" · "}
                <Time value={time} />
              </>
            )}
          </Label>
        );
      })}
    </LabelGroup>
  );
}
