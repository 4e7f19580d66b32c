/** The dialog that makes a label or changes one. */

import { zodResolver } from "@hookform/resolvers/zod";
import { FormGroup } from "@patternfly/react-core";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";
import { LabelChip } from "~/ui/LabelChip";
import { ColourField } from "./ColourField";
import { USUAL } from "./palette";
import { createLabel, type Label, type Scope, updateLabel } from "./queries";

export function LabelDialog({
  label,
  scope,
  close,
  done,
}: {
  /** The label to change; none to make one. */
  label?: Label;
  scope: Scope;
  close: () => void;
  done: (name: string) => void;
}) {
  const { t } = useTranslation(["labels", "common"]);
  const schema = z.object({
    name: z.string().trim().min(1, t("nameRule")).max(128, t("nameRule")),
    description: z.string(),
    color: z.string(),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      name: label?.name ?? "",
      description: label?.description ?? "",
      color: label ? (label.color ?? "") : USUAL,
    },
  });
  const [name, color] = useWatch({ control: form.control, name: ["name", "color"] });
  return (
    <FormDialog
      title={t(label ? "edit.title" : "new.title")}
      form={form}
      submit={t(label ? "common:save" : "common:create")}
      close={close}
      send={async (values) => {
        const body = { ...values, ...scope };
        await (label?.id ? updateLabel(label.id, body) : createLabel(body));
        done(values.name);
      }}
    >
      <TextField name="name" label={t("common:name")} required autoComplete="off" />
      <TextField name="description" label={t("common:description")} help={t("descriptionHelp")} />
      <ColourField name="color" current={label?.color ?? ""} />
      <FormGroup label={t("preview")} role="group">
        <LabelChip name={name.trim() || t("previewName")} color={color} />
      </FormGroup>
    </FormDialog>
  );
}
