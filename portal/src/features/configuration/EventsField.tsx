/** Which events the audit log leaves out. The setting is a text of names with commas. */

import {
  Checkbox,
  FormGroup,
  FormHelperText,
  Grid,
  GridItem,
  HelperText,
  HelperTextItem,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useController } from "react-hook-form";
import { eventsQuery } from "./queries";

/** `create_artifact` as one would say it. */
function inWords(event: string): string {
  return event.replaceAll("_", " ");
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
      <Grid hasGutter span={4}>
        {events.map((event) => (
          <GridItem key={event}>
            <Checkbox
              id={`${id}-${event}`}
              label={inWords(event)}
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
