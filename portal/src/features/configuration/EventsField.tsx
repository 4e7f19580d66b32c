/** Which events the audit log leaves out. The setting is a text of names with commas. */

import { Checkbox, FormGroup, FormHelperText, Grid, GridItem, HelperText } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { eventsQuery } from "./queries";

const EVENTS = [
  "create_artifact",
  "delete_artifact",
  "pull_artifact",
  "create_project",
  "delete_project",
  "update_project",
  "delete_repository",
  "login_user",
  "logout_user",
  "create_user",
  "delete_user",
  "update_user",
  "create_robot",
  "delete_robot",
  "update_configuration",
  "create_member",
  "delete_member",
  "update_member",
] as const;

/** An event in words; its name where we have none. */
function useEventName(): (event: string) => string {
  const { t } = useTranslation("configuration");
  return (event) => {
    const known = EVENTS.find((one) => one === event);
    return known ? t(`event.${known}`) : event;
  };
}

export function EventsField({
  name,
  label,
  help,
  disabled,
}: {
  name: string;
  label: string;
  help: ReactNode;
  disabled: boolean;
}) {
  const id = useId();
  const eventName = useEventName();
  const { field } = useController({ name });
  const { data: events = [] } = useQuery(eventsQuery);
  const chosen = String(field.value ?? "")
    .split(",")
    .filter(Boolean);
  const toggle = (event: string, on: boolean) => {
    const next = on ? [...chosen, event] : chosen.filter((one) => one !== event);
    // In the server's order, so that what was taken back is no change.
    field.onChange(
      [...events, ...next]
        .filter((one, index, all) => next.includes(one) && all.indexOf(one) === index)
        .join(","),
    );
  };
  return (
    <FormGroup role="group" fieldId={id} label={label}>
      <Grid hasGutter span={4} style={{ rowGap: "var(--pf-t--global--spacer--sm)" }}>
        {events.map((event) => (
          <GridItem key={event}>
            <Checkbox
              id={`${id}-${event}`}
              label={eventName(event)}
              isDisabled={disabled}
              isChecked={chosen.includes(event)}
              onChange={(_, on) => toggle(event, on)}
            />
          </GridItem>
        ))}
      </Grid>
      <FormHelperText>
        <HelperText>
          <HelperTextItem>{help}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}
