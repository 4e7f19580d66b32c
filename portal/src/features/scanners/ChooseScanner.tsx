/** The dialog that gives a project another scanner. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { FormDialog } from "~/ui/dialogs";
import { RadioField } from "~/ui/fields";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { candidatesQuery, chooseScanner, type Scanner } from "./queries";

export function ChooseScanner({
  project,
  current,
  close,
}: {
  project: string;
  /** The `uuid` of the one that it has. */
  current: string;
  close: () => void;
}) {
  const { t } = useTranslation(["scanners", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const { data, error, refetch } = useQuery(candidatesQuery(project));
  const form = useForm({ defaultValues: { uuid: current } });
  const help = ({ adapter, version, health, disabled }: Scanner) => {
    if (disabled) return t("common:disabled");
    if (health !== "healthy") return t("health.unhealthy");
    return [adapter, version].filter(Boolean).join(" ");
  };
  return (
    <FormDialog
      title={t("choose.title")}
      description={t("choose.text")}
      form={form}
      submit={t("common:save")}
      close={close}
      send={async ({ uuid }) => {
        await chooseScanner(project, uuid);
        queries.invalidateQueries({ queryKey: ["projects", project] });
        notify.success(t("choose.done"));
      }}
    >
      {error ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Loading />
      ) : (
        <RadioField
          name="uuid"
          label={t("choose.label")}
          options={data.map((scanner) => ({
            value: scanner.uuid,
            label: scanner.is_default ? t("choose.default", { name: scanner.name }) : scanner.name,
            help: help(scanner),
            disabled: scanner.disabled,
          }))}
        />
      )}
    </FormDialog>
  );
}
