/** The dialog that gives a robot a new secret. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { RadioField, TextField } from "~/ui/fields";
import { type Robot, renewSecret } from "./queries";

/** The server's rule for a secret of one's own. */
const RULE = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,128}$/;

export function RenewSecret({
  robot,
  close,
  made,
  set,
}: {
  robot: Robot;
  close: () => void;
  /** The server made one up. */
  made: (secret: string) => void;
  /** The given one was taken. */
  set: () => void;
}) {
  const { t } = useTranslation(["robots", "common"]);
  const schema = z
    .object({ how: z.enum(["made", "own"]), secret: z.string() })
    .refine(({ how, secret }) => how === "made" || RULE.test(secret), {
      path: ["secret"],
      message: t("renew.rule"),
    });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { how: "made", secret: "" },
  });
  const how = useWatch({ control: form.control, name: "how" });
  return (
    <FormDialog
      title={t("renew.title")}
      description={robot.name}
      form={form}
      submit={t("renew.submit")}
      close={close}
      send={async ({ how, secret }) => {
        const told = await renewSecret(robot.id, how === "own" ? secret : "");
        if (told) made(told);
        else set();
      }}
    >
      <p>{t("renew.overlap")}</p>
      <RadioField
        name="how"
        label={t("renew.how")}
        options={[
          { value: "made", label: t("renew.made"), help: t("renew.madeHelp") },
          { value: "own", label: t("renew.own"), help: t("renew.ownHelp") },
        ]}
      />
      {how === "own" && (
        <TextField
          name="secret"
          type="password"
          label={t("renew.secret")}
          help={t("renew.rule")}
          autoComplete="new-password"
          required
        />
      )}
    </FormDialog>
  );
}
