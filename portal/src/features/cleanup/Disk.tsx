/** How much room the store has, where that can be told: in a folder, not in a bucket. */

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { Fact } from "./LatestCard";
import { volumesQuery } from "./queries";

export function Disk() {
  const { t } = useTranslation("cleanup");
  const { bytes } = useFormat();
  const { data } = useQuery(volumesQuery);
  const volume = data?.storage[0];
  if (!volume?.total) return null;
  return (
    <Fact term={t("disk")}>{t("diskFree", { free: bytes(volume.free), total: bytes(volume.total) })}</Fact>
  );
}
