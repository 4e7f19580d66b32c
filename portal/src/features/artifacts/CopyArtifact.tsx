/** The dialog that copies an artifact into another repository, of this project or another. */

import { zodResolver } from "@hookform/resolvers/zod";
import { Button, FormGroup, FormHelperText, HelperText } from "@patternfly/react-core";
import { useNavigate } from "@tanstack/react-router";
import { useController, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { useCan, useIsAdmin } from "~/app/session";
import { FormDialog } from "~/ui/dialogs";
import { TextField } from "~/ui/fields";
import { useNotify } from "~/ui/notify";
import { Picker } from "~/ui/Picker";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { nameOf, referenceOf } from "./kind";
import { copyArtifact, useRefresh } from "./mutations";
import { type Artifact, findProjects, type Place } from "./queries";

/** The distribution specification's rule for a repository's name. */
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

export default function CopyArtifact({
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
  const navigate = useNavigate();
  const show = (copy: Place) =>
    navigate({
      to: "/projects/$project/repositories/$repository/artifacts/$reference",
      params: { ...copy, reference: artifact.digest },
    });
  const can = useCan(place.project);
  const schema = z.object({
    project: z.string().min(1, t("copyTo.needed")),
    repository: z.string().trim().max(255, t("copyTo.rule")).regex(NAME, t("copyTo.rule")),
  });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      project: can("artifact", "create") ? place.project : "",
      repository: place.repository,
    },
  });
  return (
    <FormDialog
      title={t("copyTo.title")}
      description={t("copyTo.what", { name: nameOf(place.repository, referenceOf(artifact)) })}
      form={form}
      submit={t("copyTo.copy")}
      close={close}
      send={async ({ project, repository }) => {
        await copyArtifact(place, artifact.digest, { project, repository });
        await refresh();
        notify.success(
          t("copyTo.done", { name: `${project}/${repository}` }),
          <Button variant="link" isInline onClick={() => show({ project, repository })}>
            {t("copyTo.show")}
          </Button>,
        );
      }}
    >
      <ProjectField />
      <TextField
        name="repository"
        label={t("copyTo.repository")}
        help={t("copyTo.repositoryHelp")}
        required
        autoComplete="off"
      />
    </FormDialog>
  );
}

function ProjectField() {
  const { t } = useTranslation("artifacts");
  const isAdmin = useIsAdmin();
  const { field, fieldState } = useController({ name: "project" });
  const label = field.value ? t("copyTo.project", { name: field.value }) : t("copyTo.choose");
  return (
    <FormGroup label={label} role="group">
      <Picker
        kind="projects-to-copy-to"
        label={t("copyTo.otherProject")}
        placeholder={t("copyTo.otherProject")}
        search={findProjects}
        decorate={(found) =>
          found.disabled && !isAdmin
            ? { ...found, hint: t("copyTo.readOnly") }
            : { ...found, disabled: false }
        }
        pick={({ name }) => field.onChange(name)}
        eager
      />
      {fieldState.error && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem variant="error">{fieldState.error.message}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
