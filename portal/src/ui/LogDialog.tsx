/** A job's log, over the page that told of the job. */

import { ReadDialog } from "~/ui/dialogs";
import { LogView } from "./LogView";

export function LogDialog({
  title,
  path,
  live,
  close,
}: {
  title: string;
  /** Where the API has the log. */
  path: string;
  /** Whether the job still runs. */
  live: boolean;
  close: () => void;
}) {
  return (
    <ReadDialog title={title} size="large" close={close}>
      <LogView path={path} live={live} />
    </ReadDialog>
  );
}
