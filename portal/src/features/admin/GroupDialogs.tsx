/** The dialogs of the page of groups. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useAllOf } from "~/features/artifacts/bulk";
import { ConfirmDialog, FormDialog } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";
import { useFormat } from "~/ui/format";
import { createGroup, deleteGroup, type Group, renameGroup } from "./queries";

/** Where a group's members are known, by the API's numbers. */
export const GROUP_TYPES = [1, 2, 3] as const;
export type GroupType = (typeof GROUP_TYPES)[number];

const LDAP = 1;

/** The type of groups that a way of signing in has; none where accounts are kept here. */
export function typeOfMode(mode: string | undefined): GroupType | null {
  const types: Record<string, GroupType> = { ldap_auth: 1, http_auth: 2, oidc_auth: 3 };
  return types[mode ?? ""] ?? null;
}

interface Props {
  close: () => void;
  done: (message: string) => void;
}

export function NewGroup({ type, close, done }: Props & { type: GroupType }) {
  const { t } = useTranslation(["admin", "common"]);
  const schema = z.object({
    group_name: z.string().trim().min(1, t("groups.nameRule")).max(255, t("groups.nameRule")),
    ldap_group_dn:
      type === LDAP ? z.string().regex(/^[^=,]+=[^,]+(,[^=,]+=[^,]+)*$/, t("groups.dnRule")) : z.string(),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { group_name: "", ldap_group_dn: "" },
  });
  return (
    <FormDialog
      title={t("groups.new")}
      description={t(`groups.newText.${type}`)}
      form={form}
      submit={t("common:create")}
      close={close}
      send={async (values) => {
        await createGroup({ ...values, group_type: type });
        done(t("groups.created", { name: values.group_name }));
      }}
    >
      <TextField name="group_name" label={t("common:name")} required autoComplete="off" />
      {type === LDAP && (
        <TextField
          name="ldap_group_dn"
          label={t("groups.dn")}
          help={t("groups.dnRule")}
          required
          autoComplete="off"
        />
      )}
    </FormDialog>
  );
}

export function EditGroup({ group, close, done }: Props & { group: Group }) {
  const { t } = useTranslation(["admin", "common"]);
  const schema = z.object({
    name: z.string().trim().min(1, t("groups.nameRule")).max(255, t("groups.nameRule")),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { name: group.group_name ?? "" },
  });
  return (
    <FormDialog
      title={t("groups.renameTitle", { name: group.group_name })}
      description={t("groups.renameText")}
      form={form}
      submit={t("common:save")}
      close={close}
      send={async ({ name }) => {
        await renameGroup(group, name);
        done(t("groups.renamed", { name }));
      }}
    >
      <TextField name="name" label={t("common:name")} required autoComplete="off" />
    </FormDialog>
  );
}

export function DeleteGroups({
  groups,
  close,
  done,
  deleted,
}: Props & {
  groups: Group[];
  /** Told what went, also when only some did. */
  deleted: (gone: Group[]) => void;
}) {
  const { t } = useTranslation(["admin", "common"]);
  const { list } = useFormat();
  const { left, run } = useAllOf(groups);
  const [only, ...more] = left;
  return (
    <ConfirmDialog
      title={
        more.length > 0
          ? t("groups.deleteTitle", { count: left.length })
          : t("groups.deleteOne", { name: only?.group_name })
      }
      confirm={t("common:delete")}
      action={async () => {
        await run(deleteGroup, deleted);
        done(t("groups.deleted", { count: groups.length }));
      }}
      close={close}
    >
      {more.length > 0 && <p>{list(left.map(({ group_name }) => group_name ?? ""))}</p>}
      <p>{t("groups.deleteText")}</p>
    </ConfirmDialog>
  );
}
