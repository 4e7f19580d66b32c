/** The fields for what a run of each kind can be asked. */

import { Flex, FlexItem } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChecksField, SelectField, SwitchField, TextField } from "~/ui/fields";
import { EVENTS, type Kind } from "./run";

export function OptionFields({ kind, events }: { kind: Kind; events: string[] }) {
  const { t } = useTranslation("cleanup");
  if (kind === "gc") {
    return (
      <>
        <SwitchField name="dryRun" label={t("field.dryRun")} help={t("field.dryRunHelp")} />
        <SwitchField name="deleteUntagged" label={t("field.untagged")} help={t("field.untaggedHelp")} />
        <TextField name="workers" type="number" label={t("field.workers")} help={t("field.workersHelp")} />
      </>
    );
  }
  if (kind === "purgeaudit") {
    return (
      <>
        <SwitchField name="dryRun" label={t("field.dryRun")} help={t("field.dryRunPurgeHelp")} />
        <Keep />
        <Events chosen={events} />
      </>
    );
  }
  return (
    <>
      <SwitchField name="repair" label={t("field.repair")} help={t(`field.repairHelp.${kind}`)} />
      {kind === "scrub" && (
        <TextField name="rate" type="number" label={t("field.rate")} help={t("field.rateHelp")} />
      )}
    </>
  );
}

function Keep() {
  const { t } = useTranslation("cleanup");
  return (
    <Flex alignItems={{ default: "alignItemsFlexStart" }}>
      <FlexItem grow={{ default: "grow" }}>
        <TextField name="keep" type="number" label={t("field.keep")} help={t("field.keepHelp")} required />
      </FlexItem>
      <FlexItem>
        <SelectField
          name="keepUnit"
          label={t("field.unit")}
          options={[
            { value: "days", label: t("field.days") },
            { value: "hours", label: t("field.hours") },
          ]}
        />
      </FlexItem>
    </Flex>
  );
}

/** The kinds of entries, and those that somebody named one by one by the API. */
function Events({ chosen }: { chosen: string[] }) {
  const { t } = useTranslation("cleanup");
  const [others] = useState(() => chosen.filter((event) => !EVENTS.some((known) => known === event)));
  return (
    <ChecksField
      name="events"
      label={t("field.events")}
      required
      options={[
        ...EVENTS.map((value) => ({ value, label: t(`event.${value}`) })),
        ...others.map((value) => ({ value, label: value })),
      ]}
    />
  );
}
