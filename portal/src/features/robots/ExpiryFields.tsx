/** Until when a robot is good. */

import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "~/ui/fields";
import { useFormat } from "~/ui/format";
import { CHOICES, type Expiry, endOf, toDuration } from "./expiry";

export function ExpiryFields({ made }: { made: Date }) {
  const { t } = useTranslation("robots");
  const { dateTime } = useFormat();
  const [expiry, days, date] = useWatch<Expiry, ["expiry", "days", "date"]>({
    name: ["expiry", "days", "date"],
  });
  const end = endOf(toDuration({ expiry, days, date }, made), made);
  const help =
    expiry === "never"
      ? t("expiry.neverHelp")
      : end
        ? t(end.getTime() < Date.now() ? "expiry.ended" : "expiry.ends", { date: dateTime(end) })
        : undefined;
  const isOpen = expiry === "days" || expiry === "date";
  return (
    <>
      <SelectField
        name="expiry"
        label={t("expiry.label")}
        help={isOpen ? undefined : help}
        options={CHOICES.map((choice) => ({ value: choice, label: t(`expiry.choice.${choice}`) }))}
      />
      {expiry === "days" && (
        <TextField name="days" type="number" label={t("expiry.days")} help={help} required />
      )}
      {expiry === "date" && (
        <TextField name="date" type="date" label={t("expiry.date")} help={help} required />
      )}
    </>
  );
}
