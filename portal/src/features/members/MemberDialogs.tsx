/** What is asked before members are changed or removed. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useAllOf } from "~/features/artifacts/bulk";
import { ConfirmDialog, FormDialog } from "~/ui/dialogs";
import { RadioField } from "~/ui/fields";
import { useFormat } from "~/ui/format";
import { type Member, removeMember, setRole } from "./queries";
import { ROLES } from "./roles";

interface Props {
  project: string;
  members: Member[];
  close: () => void;
  /** Told which were changed, also when only some could be. */
  changed: (members: Member[]) => void;
  done: () => void;
}

export function RemoveMembers({ project, members, close, changed, done }: Props) {
  const { t } = useTranslation(["members", "common"]);
  const { list } = useFormat();
  const { left, run } = useAllOf(members);
  const remove = async () => {
    await run(({ id }) => removeMember(project, id), changed);
    done();
  };
  return (
    <ConfirmDialog
      title={t("remove.title", { count: left.length })}
      confirm={t("common:remove")}
      action={remove}
      close={close}
    >
      <strong>{list(left.map(({ entity_name }) => entity_name))}</strong>
      <p className="minato-gap">{t("remove.text")}</p>
    </ConfirmDialog>
  );
}

const schema = z.object({ role: z.string() });

export function ChangeRoles({ project, members, close, changed, done }: Props) {
  const { t } = useTranslation(["members", "common"]);
  const { list } = useFormat();
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { role: String(members[0]?.role_id ?? 2) },
  });
  const { left, run } = useAllOf(members);
  const send = async ({ role }: z.infer<typeof schema>) => {
    const affected = left.filter(({ role_id }) => role_id !== Number(role));
    await run(({ id }) => setRole(project, id, Number(role)), changed, affected);
    done();
  };
  return (
    <FormDialog
      title={t("changeRoles.title", { count: left.length })}
      description={list(left.map(({ entity_name }) => entity_name))}
      form={form}
      submit={t("common:save")}
      close={close}
      send={send}
    >
      <RadioField
        name="role"
        label={t("role")}
        options={ROLES.map(([id, name]) => ({
          value: String(id),
          label: t(`common:role.${name}`),
          help: t(`roleHelp.${name}`),
        }))}
      />
    </FormDialog>
  );
}
