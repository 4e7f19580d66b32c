/** The dialog for a limit of storage: a project's, or that of new projects. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Flex, FlexItem } from "@patternfly/react-core";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { SelectField, SwitchField, TextField } from "~/ui/fields";
import { isGoodLimit, ofBytes, toBytes, UNITS } from "./limit";

export function LimitDialog({
  title,
  description,
  bytes,
  save,
  close,
}: {
  title: string;
  description: string;
  /** The limit now. */
  bytes: number;
  save: (bytes: number) => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation(["admin", "common"]);
  const schema = z
    .object({
      unlimited: z.boolean(),
      amount: z.union([z.literal(""), z.number()]),
      unit: z.enum(UNITS),
    })
    .refine(isGoodLimit, { path: ["amount"], error: t("quotas.limitRule") });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: ofBytes(bytes),
  });
  const unlimited = form.watch("unlimited");
  return (
    <FormDialog
      title={title}
      description={description}
      form={form}
      submit={t("common:save")}
      close={close}
      send={(limit) => save(toBytes(limit))}
    >
      <SwitchField name="unlimited" label={t("common:unlimited")} />
      {!unlimited && (
        <Flex alignItems={{ default: "alignItemsFlexStart" }}>
          <FlexItem grow={{ default: "grow" }}>
            <TextField name="amount" type="number" label={t("quotas.limit")} required />
          </FlexItem>
          <FlexItem>
            <SelectField
              name="unit"
              label={t("quotas.unit")}
              options={UNITS.map((unit) => ({ value: unit, label: unit }))}
            />
          </FlexItem>
        </Flex>
      )}
    </FormDialog>
  );
}
