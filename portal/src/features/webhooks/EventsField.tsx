/** Choosing the events that are told. */

import {
  Button,
  Checkbox,
  Flex,
  FormGroup,
  FormHelperText,
  Grid,
  GridItem,
  HelperText,
} from "@patternfly/react-core";
import { useId } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { choices, grouped, useEventName } from "./events";

export function EventsField({ name, offered: all }: { name: string; offered: string[] }) {
  const { t } = useTranslation("webhooks");
  const id = useId();
  const nameOf = useEventName();
  const { field, fieldState } = useController({ name });
  const chosen: string[] = field.value;
  const offered = choices(all, chosen);
  const error = fieldState.error?.message;
  const isAll = offered.every((event) => chosen.includes(event));
  return (
    <FormGroup
      label={t("events")}
      role="group"
      fieldId={id}
      isRequired
      labelInfo={
        <Button variant="link" isInline onClick={() => field.onChange(isAll ? [] : offered)}>
          {t(isAll ? "chooseNone" : "chooseAll")}
        </Button>
      }
    >
      <Grid hasGutter sm={4}>
        {grouped(offered).map(({ group, events }) => (
          <GridItem key={group}>
            <div className="minato-quiet">{t(`group.${group}`)}</div>
            <Flex direction={{ default: "column" }} rowGap={{ default: "rowGapXs" }}>
              {events.map((event) => (
                <Checkbox
                  key={event}
                  id={`${id}-${event}`}
                  label={nameOf(event)}
                  isChecked={chosen.includes(event)}
                  onChange={(_, on) =>
                    field.onChange(on ? [...chosen, event] : chosen.filter((one) => one !== event))
                  }
                />
              ))}
            </Flex>
          </GridItem>
        ))}
      </Grid>
      {error && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem variant="error">{error}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
