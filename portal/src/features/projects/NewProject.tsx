/** The dialog that makes a project. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useIsAdmin } from "~/app/session";
import { FormDialog } from "~/ui/dialogs";
import { SwitchField, TextField } from "~/ui/fields";
import { createProject } from "./queries";

/** Harbor's rule for a project's name. */
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*$/;
const GIB = 1024 ** 3;

export function NewProject({ close, created }: { close: () => void; created: (name: string) => void }) {
  const { t } = useTranslation(["projects", "common"]);
  const isAdmin = useIsAdmin();
  const schema = z.object({
    name: z.string().max(255, t("new.nameRule")).regex(NAME, t("new.nameRule")),
    public: z.boolean(),
    limit: z.union([z.literal(""), z.number().positive(t("new.limitRule"))]),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { name: "", public: false, limit: "" },
  });
  return (
    <FormDialog
      title={t("new.title")}
      form={form}
      submit={t("common:create")}
      close={close}
      send={async ({ name, public: isPublic, limit }) => {
        await createProject({
          project_name: name,
          metadata: { public: String(isPublic) },
          // Without one, the server takes the limit that all projects have at first.
          ...(isAdmin && limit !== "" && { storage_limit: Math.round(limit * GIB) }),
        });
        created(name);
      }}
    >
      <TextField name="name" label={t("common:name")} help={t("new.nameRule")} required autoComplete="off" />
      <SwitchField name="public" label={t("public")} help={t("new.publicHelp")} />
      {isAdmin && <TextField name="limit" type="number" label={t("new.limit")} help={t("new.limitHelp")} />}
    </FormDialog>
  );
}
