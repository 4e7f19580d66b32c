/** The dialog that gives an artifact one more tag. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";
import { useNotify } from "~/ui/notify";
import { nameOf, referenceOf } from "./kind";
import { createTag, useRefresh } from "./mutations";
import type { Artifact, Place } from "./queries";

/** The distribution specification's rule for a tag. */
const TAG = /^\w[\w.-]{0,127}$/;

export default function AddTag({
  place,
  artifact,
  close,
}: {
  place: Place;
  artifact: Artifact;
  close: () => void;
}) {
  const { t } = useTranslation(["artifacts", "common"]);
  const notify = useNotify();
  const refresh = useRefresh();
  const schema = z.object({ name: z.string().trim().regex(TAG, t("tag.rule")) });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { name: "" },
  });
  return (
    <FormDialog
      title={t("tag.add")}
      description={t("tag.of", { name: nameOf(place.repository, referenceOf(artifact)) })}
      form={form}
      submit={t("common:add")}
      close={close}
      send={async ({ name }) => {
        await createTag(place, artifact.digest, name);
        await refresh();
        notify.success(t("tag.added", { name }));
      }}
    >
      <TextField name="name" label={t("tag.name")} help={t("tag.rule")} required autoComplete="off" />
    </FormDialog>
  );
}
