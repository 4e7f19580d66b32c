/** What is said of undoing where something is deleted: for how long that can be, and the way there. */

import { Button } from "@patternfly/react-core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCan, useSystemInfo } from "~/app/session";
import { useFormat } from "~/ui/format";

export function useUndo(project: string) {
  const { t } = useTranslation();
  const { period } = useFormat();
  const { undo_period: seconds } = useSystemInfo();
  const can = useCan(project);
  const navigate = useNavigate();
  const isOn = seconds > 0;
  return {
    isOn,
    /** Asked before it is deleted. */
    text: isOn ? t("undo.within", { time: period(seconds) }) : t("undo.off"),
    /** Offered with what tells that it was deleted. */
    action: isOn && can("artifact", "delete") && (
      <Button
        variant="link"
        isInline
        onClick={() => navigate({ to: "/projects/$project/deleted", params: { project } })}
      >
        {t("undo.show")}
      </Button>
    ),
  };
}
