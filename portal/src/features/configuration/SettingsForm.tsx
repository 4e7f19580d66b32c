/** A form of settings: only what was changed is sent, and a bar tells that something was. */

import { Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { FormProvider, type Resolver, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { systemInfoQuery } from "~/app/session";
import { useAction } from "~/ui/dialogs";
import { useFollowed } from "~/ui/follow";
import { useNotify } from "~/ui/notify";
import { UnsavedBar } from "~/ui/UnsavedBar";
import { type Problem, problemOf } from "./checks";
import { configurationsQuery, type Items, saveConfigurations } from "./queries";
import { changesOf, type Setting, type Values, valuesOf } from "./settings";

function useResolver(settings: readonly Setting[], before: Values): Resolver<Values> {
  const { t } = useTranslation("configuration");
  return (values) => {
    const told = ({ kind }: Setting, problem: Exclude<Problem, null>) =>
      t(`rule.${problem}`, kind.is === "number" ? { least: kind.least, most: kind.most } : {});
    // What was not touched is the server's own, and right as it is.
    const touched = settings.filter(({ key }) => values[key] !== undefined && values[key] !== before[key]);
    const errors = touched.flatMap((setting) => {
      const problem = problemOf(setting.kind, values[setting.key]);
      return problem ? [[setting.key, { type: problem, message: told(setting, problem) }]] : [];
    });
    return errors.length > 0 ? { values: {}, errors: Object.fromEntries(errors) } : { values, errors: {} };
  };
}

export function SettingsForm({
  settings,
  items,
  children,
}: {
  /** All settings that the form has. */
  settings: readonly Setting[];
  items: Items;
  children: ReactNode;
}) {
  const { t } = useTranslation("configuration");
  const queries = useQueryClient();
  const notify = useNotify();
  const before = useMemo(() => valuesOf(settings, items), [settings, items]);
  const form = useForm<Values>({ defaultValues: before, resolver: useResolver(settings, before) });
  useFollowed(form, before);
  const changes = changesOf(settings, before, form.watch());
  const { run, busy, error } = useAction(async (values: Values) => {
    await saveConfigurations(changesOf(settings, before, values));
    form.resetDefaultValues(values);
    for (const { key, kind } of settings)
      if (kind.is === "secret") form.resetField(key, { defaultValue: "" });
    await Promise.all([
      queries.invalidateQueries({ queryKey: configurationsQuery.queryKey }),
      queries.invalidateQueries({ queryKey: systemInfoQuery.queryKey }),
    ]);
    notify.success(t("saved"));
  });
  return (
    <FormProvider {...form}>
      <Form onSubmit={form.handleSubmit(run)} noValidate style={{ maxWidth: "52rem" }}>
        {children}
        <UnsavedBar
          count={Object.keys(changes).length}
          busy={busy}
          error={error}
          discard={() => form.reset(before)}
        />
      </Form>
    </FormProvider>
  );
}
