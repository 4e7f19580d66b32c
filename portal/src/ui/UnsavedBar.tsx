/** Tells how much of a page is not saved, and asks before it gets lost. */

import { Button, Card, CardBody, Flex } from "@patternfly/react-core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ActionError, ConfirmDialog } from "~/ui/dialogs";
import { BusyButton } from "~/ui/patternfly/BusyButton";

/** Asks before one leaves what is not saved, for a page that has its own buttons. */
export function AskBeforeLeaving({ count, busy }: { count: number; busy: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: () => count > 0 && !busy,
    enableBeforeUnload: () => count > 0,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <ConfirmDialog
      title={t("unsaved.leave.title")}
      confirm={t("unsaved.leave.confirm")}
      action={async () => blocker.proceed()}
      close={() => blocker.reset()}
    >
      {t("unsaved.leave.text", { count })}
    </ConfirmDialog>
  );
}

/** The buttons of a form, over whatever is scrolled, as long as something is not saved. */
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
  const { t } = useTranslation();
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
                <strong>{t("unsaved.count", { count })}</strong>
                <Flex gap={{ default: "gapSm" }}>
                  <BusyButton type="submit" busy={busy}>
                    {t("save")}
                  </BusyButton>
                  <Button variant="secondary" onClick={discard} isDisabled={busy}>
                    {t("unsaved.discard")}
                  </Button>
                </Flex>
              </Flex>
            </CardBody>
          </Card>
        )}
      </div>
      <AskBeforeLeaving count={count} busy={busy} />
    </>
  );
}
