/** The dialog that says when retention runs by itself. */

import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { CronField } from "~/ui/Cron";
import { FormDialog } from "~/ui/dialogs";
import { problemOf } from "~/ui/schedule";

export default function ScheduleDialog({
  cron: known,
  save,
  close,
}: {
  cron: string;
  save: (cron: string) => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation(["policy", "common"]);
  const [cron, setCron] = useState(known);
  const form = useForm();
  return (
    <FormDialog
      title={t("retention.scheduleTitle")}
      description={t("retention.scheduleHelp")}
      form={form}
      submit={t("common:save")}
      close={close}
      send={async () => {
        if (problemOf(cron)) throw new Error(t("retention.scheduleBad"));
        await save(cron.trim());
      }}
    >
      <CronField label={t("retention.schedule")} cron={cron} change={setCron} />
    </FormDialog>
  );
}
