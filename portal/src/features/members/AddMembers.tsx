/** The dialog that makes users or groups members, several at once with the same role. */

import { zodResolver } from "@hookform/resolvers/zod";
import { FormGroup, Label, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import UserIcon from "@patternfly/react-icons/dist/esm/icons/user-icon";
import UsersIcon from "@patternfly/react-icons/dist/esm/icons/users-icon";
import { useState } from "react";
import { useController, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ApiError } from "~/api/client";
import { FormDialog } from "~/ui/dialogs";
import { RadioField } from "~/ui/fields";
import { Picker } from "~/ui/Picker";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { addMember, type Candidate, type Kind, searchGroups, searchUsers } from "./queries";
import { ROLES } from "./roles";

export function AddMembers({
  project,
  close,
  added,
}: {
  project: string;
  close: () => void;
  added: (count: number) => void;
}) {
  const { t } = useTranslation(["members", "common"]);
  const schema = z.object({
    who: z
      .array(z.object({ kind: z.enum(["user", "group"]), id: z.number(), name: z.string() }))
      .min(1, t("add.nobody")),
    role: z.string(),
  });
  type Values = z.infer<typeof schema>;
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { who: [], role: "2" },
  });
  /** Adds one by one; who was taken leaves the list, so that a second try is for the others. */
  const send = async ({ who, role }: Values) => {
    const left = [...who];
    try {
      for (const one of who) {
        await addMember(project, one, Number(role)).catch((error) => {
          if (!(error instanceof ApiError && error.status === 409)) throw error;
          throw new Error(t("add.already", { name: one.name }));
        });
        left.shift();
      }
    } finally {
      form.setValue("who", left);
      if (left.length < who.length) added(who.length - left.length);
    }
  };
  return (
    <FormDialog title={t("add.title")} form={form} submit={t("common:add")} close={close} send={send}>
      <WhoField />
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

function WhoField() {
  const { t } = useTranslation(["members", "common"]);
  const [kind, setKind] = useState<Kind>("user");
  const { field, fieldState } = useController<{ who: Candidate[] }, "who">({ name: "who" });
  const has = (id: number) => field.value.some((one) => one.kind === kind && one.id === id);
  const error = fieldState.error?.message;
  return (
    <FormGroup label={t("add.who")} role="group" isRequired>
      <ToggleGroup aria-label={t("common:type")} isCompact>
        {(["user", "group"] as const).map((one) => (
          <ToggleGroupItem
            key={one}
            text={t(`add.${one}`)}
            isSelected={kind === one}
            onChange={() => setKind(one)}
          />
        ))}
      </ToggleGroup>
      <div className="minato-gap">
        <Picker
          key={kind}
          kind={kind}
          label={t(kind === "user" ? "add.findUser" : "add.findGroup")}
          placeholder={t(kind === "user" ? "add.findUser" : "add.findGroup")}
          search={kind === "user" ? searchUsers : searchGroups}
          decorate={(found) =>
            has(Number(found.key)) ? { ...found, disabled: true, hint: t("add.chosen") } : found
          }
          pick={({ key, name }) => field.onChange([...field.value, { kind, id: Number(key), name }])}
        />
      </div>
      {field.value.length > 0 && (
        <div className="minato-gap">
          <LabelGroup aria-label={t("add.chosen")} numLabels={20}>
            {field.value.map((one) => (
              <Label
                key={`${one.kind}${one.id}`}
                icon={one.kind === "user" ? <UserIcon /> : <UsersIcon />}
                closeBtnAriaLabel={t("add.drop", { name: one.name })}
                onClose={() => field.onChange(field.value.filter((other) => other !== one))}
              >
                {one.name}
              </Label>
            ))}
          </LabelGroup>
        </div>
      )}
      {error && (
        <div role="alert" style={{ color: "var(--pf-t--global--text--color--status--danger--default)" }}>
          {error}
        </div>
      )}
    </FormGroup>
  );
}
