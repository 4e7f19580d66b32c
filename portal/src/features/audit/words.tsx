/** Words of the audit log in the reader's language; those that are newer than us stay as they are. */

import { Label } from "@patternfly/react-core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { knownOperation, knownResource } from "./entries";

export function useWords() {
  const { t } = useTranslation("audit");
  return useMemo(
    () => ({
      operation: (word: string) => {
        const known = knownOperation(word);
        return known ? t(`operations.${known}`) : word;
      },
      resource: (word: string) => {
        const known = knownResource(word);
        return known ? t(`resources.${known}`) : word;
      },
    }),
    [t],
  );
}

/** How something ended. */
export function Result({ done }: { done: boolean }) {
  const { t } = useTranslation("audit");
  return (
    <Label isCompact color={done ? "green" : "red"}>
      {t(done ? "done" : "failed")}
    </Label>
  );
}
