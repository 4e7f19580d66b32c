/** The dialog that makes a robot or changes one. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useIsAdmin } from "~/app/session";
import { FormDialog } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";
import { ExpiryFields } from "./ExpiryFields";
import { CHOICES, fromDuration, toDuration } from "./expiry";
import { ProjectGrant, SystemGrants } from "./GrantsField";
import { grantsOf, toPermissions } from "./permissions";
import { type Created, createRobot, type Robot, updateRobot, usualDaysQuery } from "./queries";

/** Harbor's rule for the own name of a robot. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

function useRobotForm(project: string | null, robot: Robot | undefined, made: Date) {
  const { t } = useTranslation("robots");
  const { data: usualDays } = useSuspenseQuery(usualDaysQuery(useIsAdmin() && !robot));
  const schema = z
    .object({
      name: robot ? z.string() : z.string().max(255, t("nameRule")).regex(NAME, t("nameRule")),
      description: z.string().max(1024, t("descriptionRule")),
      expiry: z.enum(CHOICES),
      days: z.union([z.literal(""), z.number()]),
      date: z.string(),
      grants: z
        .array(
          z.object({
            kind: z.enum(["project", "system"]),
            namespace: z.string(),
            access: z.array(z.string()),
          }),
        )
        .refine((grants) => toPermissions(grants).length > 0, t("noPermissions"))
        .refine(
          (grants) => grants.every(({ kind, access }) => kind === "system" || access.length > 0),
          t("emptyPlace"),
        ),
    })
    .superRefine((values, context) => {
      if (toDuration(values, made) !== null) return;
      const path = values.expiry === "date" ? "date" : "days";
      context.addIssue({ code: "custom", path: [path], message: t(`expiry.${path}Rule`) });
    });
  const known = robot && grantsOf(robot);
  const usual =
    project === null ? [] : [{ kind: "project" as const, namespace: project, access: ["repository:pull"] }];
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      name: robot?.name ?? "",
      description: robot?.description ?? "",
      ...fromDuration(robot?.duration ?? usualDays),
      grants: known ?? usual,
    },
  });
  return form;
}

export default function RobotDialog({
  project,
  robot,
  close,
  created,
  saved,
}: {
  /** The project's name; none for a robot of the system. */
  project: string | null;
  /** The robot to change; none to make one. */
  robot?: Robot;
  close: () => void;
  created: (robot: Created) => void;
  saved: (name: string) => void;
}) {
  const { t } = useTranslation(["robots", "common"]);
  const made = robot ? new Date(robot.creation_time) : new Date();
  const form = useRobotForm(project, robot, made);
  return (
    <FormDialog
      title={t(robot ? "edit.title" : "new.title")}
      description={robot ? robot.name : t("new.text")}
      form={form}
      submit={t(robot ? "common:save" : "common:create")}
      close={close}
      wide
      send={async ({ name, description, grants, ...expiry }) => {
        const duration = toDuration(expiry, made) ?? -1;
        const permissions = toPermissions(grants);
        if (robot) {
          await updateRobot({ ...robot, description, duration, permissions });
          saved(robot.name);
        } else {
          const level = project === null ? "system" : "project";
          created(await createRobot({ level, name, description, duration, permissions }));
        }
      }}
    >
      {!robot && (
        <TextField name="name" label={t("common:name")} help={t("nameHelp")} required autoComplete="off" />
      )}
      <TextField name="description" label={t("common:description")} help={t("descriptionHelp")} />
      <ExpiryFields made={made} />
      {project === null ? <SystemGrants /> : <ProjectGrant project={project} />}
    </FormDialog>
  );
}
