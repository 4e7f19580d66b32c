/** The dialogs over a table of robots, of which one at most is open. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useAllOf } from "~/features/artifacts/bulk";
import { ConfirmDialog } from "~/ui/dialogs";
import { useFormat } from "~/ui/format";
import { useNotify } from "~/ui/notify";
import { type Created, deleteRobot, type Robot, updateRobot } from "./queries";
import { RenewSecret } from "./RenewSecret";
import { SecretDialog } from "./SecretDialog";

const RobotDialog = lazy(() => import("./RobotDialog"));

export type Open =
  | { kind: "edit"; robot?: Robot }
  | { kind: "renew" | "switch"; robot: Robot }
  | { kind: "delete"; robots: Robot[] }
  | { kind: "secret"; robot: Created };

interface Props {
  project: string | null;
  open: Open | null;
  setOpen: (change: (now: Open | null) => Open | null) => void;
  /** Told what went; refreshes the list. */
  deleted: (gone: Robot[]) => void;
}

export function RobotDialogs({ project, open, setOpen, deleted }: Props) {
  const { t } = useTranslation("robots");
  const queries = useQueryClient();
  const notify = useNotify();
  const refresh = () => queries.invalidateQueries({ queryKey: ["robots"] });
  /** Closes this dialog, but not one that took its place. */
  const close = () => setOpen((now) => (now === open ? null : now));
  const show = (robot: Created) => setOpen(() => ({ kind: "secret", robot }));
  const done = (message: string) => {
    refresh();
    notify.success(message);
  };
  switch (open?.kind) {
    case "edit":
      return (
        <Suspense>
          <RobotDialog
            project={project}
            robot={open.robot}
            close={close}
            created={(robot) => {
              refresh();
              show(robot);
            }}
            saved={(name) => done(t("edit.done", { name }))}
          />
        </Suspense>
      );
    case "renew":
      return (
        <RenewSecret
          robot={open.robot}
          close={close}
          made={(secret) => show({ name: open.robot.name, secret })}
          set={() => notify.success(t("renew.done", { name: open.robot.name }))}
        />
      );
    case "secret":
      return <SecretDialog robot={open.robot} close={close} />;
    case "switch":
      return <Switch robot={open.robot} close={close} done={done} />;
    case "delete":
      return <Delete robots={open.robots} close={close} settled={deleted} done={notify.success} />;
    default:
      return null;
  }
}

function Switch({
  robot,
  close,
  done,
}: {
  robot: Robot;
  close: () => void;
  done: (message: string) => void;
}) {
  const { t } = useTranslation(["robots", "common"]);
  const { name, disable } = robot;
  return (
    <ConfirmDialog
      title={t(disable ? "switch.enable" : "switch.disable")}
      confirm={t(disable ? "common:enable" : "common:disable")}
      danger={!disable}
      action={async () => {
        await updateRobot({ ...robot, disable: !disable });
        done(t(disable ? "switch.enabled" : "switch.disabled", { name }));
      }}
      close={close}
    >
      <strong>{name}</strong>
      <p className="minato-gap">{t(disable ? "switch.enableText" : "switch.disableText")}</p>
    </ConfirmDialog>
  );
}

function Delete({
  robots,
  close,
  settled,
  done,
}: {
  robots: Robot[];
  close: () => void;
  /** Told what went, also when only some did. */
  settled: (gone: Robot[]) => void;
  done: (message: string) => void;
}) {
  const { t } = useTranslation(["robots", "common"]);
  const { list } = useFormat();
  const { left, run } = useAllOf(robots);
  const remove = async () => {
    await run(({ id }) => deleteRobot(id), settled);
    done(t("delete.done", { count: robots.length }));
  };
  return (
    <ConfirmDialog
      title={t("delete.title", { count: left.length })}
      confirm={t("common:delete")}
      action={remove}
      close={close}
    >
      <strong>{list(left.map(({ name }) => name))}</strong>
      <p className="minato-gap">{t("delete.text")}</p>
    </ConfirmDialog>
  );
}
