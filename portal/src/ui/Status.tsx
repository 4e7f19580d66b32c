/** The state of a job: its word, with a colour that is not needed to understand it. */

import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

const COLOURS = {
  Success: "green",
  Succeed: "green",
  Error: "red",
  Failed: "red",
  Stopped: "grey",
  Running: "blue",
  InProgress: "blue",
  Pending: "teal",
  Scheduled: "teal",
} as const;

type State = keyof typeof COLOURS;

/** Whether what has this state will change by itself. */
export function isLive(status: string | undefined): boolean {
  return status !== undefined && ["Running", "InProgress", "Pending", "Scheduled"].includes(status);
}

export function Status({ value }: { value: string }) {
  const { t } = useTranslation();
  const known = value in COLOURS ? (value as State) : null;
  return (
    <Label isCompact color={known ? COLOURS[known] : "grey"}>
      {known ? t(`status.${known}`) : value}
    </Label>
  );
}
