/** Tells how much is not saved, and asks before it gets lost. */

import { Button, Card, CardBody, Flex } from "@patternfly/react-core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ActionError, ConfirmDialog } from "~/ui/dialogs";
import { BusyButton } from "~/ui/patternfly/BusyButton";

export function UnsavedBar({
  count,
  busy,
  error,
  discard,
}: {
  count: number;
  busy: boolean;
  error: unknown;
  discard: () => void;
}) {
  const { t } = useTranslation(["configuration", "common"]);
  const blocker = useBlocker({
    shouldBlockFn: () => count > 0 && !busy,
    enableBeforeUnload: () => count > 0,
    withResolver: true,
  });
  return (
    <>
      <div style={{ position: "sticky", bottom: 0, zIndex: 10 }} aria-live="polite">
        {count > 0 && (
          <Card isCompact>
            <CardBody>
              <ActionError error={error} />
              <Flex
                justifyContent={{ default: "justifyContentSpaceBetween" }}
                alignItems={{ default: "alignItemsCenter" }}
              >
                <strong>{t("unsaved", { count })}</strong>
                <Flex gap={{ default: "gapSm" }}>
                  <BusyButton type="submit" busy={busy}>
                    {t("common:save")}
                  </BusyButton>
                  <Button variant="secondary" onClick={discard} isDisabled={busy}>
                    {t("discard")}
                  </Button>
                </Flex>
              </Flex>
            </CardBody>
          </Card>
        )}
      </div>
      {blocker.status === "blocked" && (
        <ConfirmDialog
          title={t("leave.title")}
          confirm={t("leave.confirm")}
          action={async () => blocker.proceed()}
          close={() => blocker.reset()}
        >
          {t("leave.text", { count })}
        </ConfirmDialog>
      )}
    </>
  );
}
