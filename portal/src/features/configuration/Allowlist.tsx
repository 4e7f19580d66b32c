/** Vulnerabilities that the whole system puts up with, until a day or for good. */

import { Content, Form } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { AllowlistField, UntilField } from "~/features/projects/AllowlistField";
import { dayOf, momentOf } from "~/features/projects/allowlist";
import { systemAllowlistQuery } from "~/features/projects/configuration-queries";
import { useAction } from "~/ui/dialogs";
import { useFollowed } from "~/ui/follow";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { UnsavedBar } from "~/ui/UnsavedBar";
import { saveAllowlist } from "./queries";

export function Allowlist() {
  const { data, error, refetch } = useQuery(systemAllowlistQuery);
  if (error && !data) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  return (
    <Editor
      ids={(data.items ?? []).map(({ cve_id }) => cve_id ?? "").filter(Boolean)}
      expires={data.expires_at ?? null}
    />
  );
}

function Editor({ ids, expires }: { ids: string[]; expires: number | null }) {
  const { t } = useTranslation("configuration");
  const queries = useQueryClient();
  const notify = useNotify();
  const names = ids.join("\n");
  const before = useMemo(
    () => ({ ids: names ? names.split("\n") : [], until: dayOf(expires), expires }),
    [names, expires],
  );
  const form = useForm({ defaultValues: before });
  useFollowed(form, before);
  const { run, busy, error } = useAction(async (values: typeof before) => {
    await saveAllowlist(values.ids, momentOf(values.until, values.expires));
    form.resetDefaultValues(values);
    // Projects and artifacts show the list, too.
    await queries.invalidateQueries({ queryKey: ["system"] });
    notify.success(t("saved"));
  });
  return (
    <FormProvider {...form}>
      <Form noValidate style={{ maxWidth: "52rem" }} onSubmit={form.handleSubmit(run)}>
        <Content component="p" className="minato-quiet">
          {t("allowlist.about")}
        </Content>
        <AllowlistField name="ids" />
        <UntilField />
        <UnsavedBar
          count={Object.keys(form.formState.dirtyFields).length}
          busy={busy}
          error={error}
          discard={() => form.reset(before)}
        />
      </Form>
    </FormProvider>
  );
}
