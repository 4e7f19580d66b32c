/** What a repository is for, in the words of those who push to it. */

import {
  ActionGroup,
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  TextArea,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { plainDescription, repositoryQuery, updateDescription } from "~/features/repositories/queries";
import { ActionError, useAction } from "~/ui/action";
import { useNotify } from "~/ui/notify";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { Empty, Loading } from "~/ui/states";
import { AskBeforeLeaving } from "~/ui/UnsavedBar";
import type { Place } from "./queries";

const Markdown = lazy(() => import("~/ui/Markdown"));

export default function RepositoryInfo({ place }: { place: Place }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const can = useCan(place.project);
  const [editing, setEditing] = useState(false);
  const { data: repository } = useQuery(repositoryQuery(place.project, place.repository));
  if (!repository) return <Loading />;
  const text = plainDescription(repository);
  const mayEdit = can("repository", "update");
  const edit = mayEdit && (
    <Button variant="secondary" onClick={() => setEditing(true)}>
      {t(text ? "info.edit" : "info.write")}
    </Button>
  );
  if (editing) {
    return <Editor place={place} text={text} close={() => setEditing(false)} />;
  }
  if (!text) {
    return (
      <Empty title={t("info.none")} actions={edit}>
        {t(mayEdit ? "info.noneWrite" : "info.noneAsk")}
      </Empty>
    );
  }
  return (
    <>
      <Suspense fallback={<Loading />}>
        <Markdown text={text} />
      </Suspense>
      {edit && <div className="minato-gap">{edit}</div>}
    </>
  );
}

function Editor({ place, text: before, close }: { place: Place; text: string; close: () => void }) {
  const { t } = useTranslation(["artifacts", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [text, setText] = useState(before);
  const isChanged = text !== before;
  const { run, busy, error } = useAction(async () => {
    await updateDescription(place.project, place.repository, text);
    await queries.invalidateQueries({ queryKey: ["repositories", place.project] });
    notify.success(t("info.saved"));
    close();
  });
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <ActionError error={error} />
      <FormGroup label={t("common:description")} fieldId="description">
        <TextArea
          id="description"
          aria-describedby="description-help"
          rows={14}
          resizeOrientation="vertical"
          value={text}
          onChange={(_, value) => setText(value)}
        />
        <FormHelperText>
          <HelperText id="description-help">
            <HelperTextItem>{t("info.help")}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      {text && (
        <FormGroup label={t("info.preview")} role="group">
          <Suspense fallback={<Loading />}>
            <Markdown text={text} />
          </Suspense>
        </FormGroup>
      )}
      <AskBeforeLeaving count={isChanged ? 1 : 0} busy={busy} />
      <ActionGroup>
        <BusyButton type="submit" busy={busy} isDisabled={!isChanged}>
          {t("common:save")}
        </BusyButton>
        <Button variant="link" onClick={close}>
          {t("common:cancel")}
        </Button>
      </ActionGroup>
    </Form>
  );
}
