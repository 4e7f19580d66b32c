/** Whether a scanner answers and is used, and what it is. */

import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Scanner } from "./queries";

export function Health({ scanner }: { scanner: Scanner }) {
  const { t } = useTranslation(["scanners", "common"]);
  if (scanner.disabled) {
    return (
      <Label isCompact color="grey">
        {t("common:disabled")}
      </Label>
    );
  }
  const isHealthy = scanner.health === "healthy";
  return (
    <Label isCompact color={isHealthy ? "green" : "red"}>
      {t(isHealthy ? "health.healthy" : "health.unhealthy")}
    </Label>
  );
}

/** The product behind the adapter, as it says itself. */
export function Product({ scanner }: { scanner: Scanner }) {
  const { adapter, vendor, version } = scanner;
  if (!adapter) return "–";
  return (
    <>
      {adapter} {version}
      {vendor && <div className="minato-quiet">{vendor}</div>}
    </>
  );
}
