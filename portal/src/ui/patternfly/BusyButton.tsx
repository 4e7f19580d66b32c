/** A button that shows that what it began is not done yet, and can't be pressed until then. */

import { Button, type ButtonProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

export function BusyButton({ busy, isDisabled, ...props }: Omit<ButtonProps, "ref"> & { busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Button isLoading={busy} spinnerAriaValueText={t("loading")} isDisabled={busy || isDisabled} {...props} />
  );
}
