/** Vulnerabilities that the whole system puts up with, until a day or for good. */

import {
  Button,
  Content,
  Flex,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Label,
  LabelGroup,
  Switch,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "~/ui/dialogs";
import { useNotify } from "~/ui/notify";
import { Failed, Loading } from "~/ui/states";
import { type Draft, dayOf, differences, idsIn, momentOf } from "./allowlist-draft";
import { allowlistQuery, saveAllowlist } from "./queries";
import { UnsavedBar } from "./UnsavedBar";

export function Allowlist() {
  const { data, error, refetch } = useQuery(allowlistQuery);
  if (error && !data) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading />;
  const ids = (data.items ?? []).map(({ cve_id }) => cve_id ?? "").filter(Boolean);
  return <Editor known={{ ids, until: dayOf(data.expires_at) }} expires={data.expires_at ?? null} />;
}

/** `expires` is the exact moment, which is kept as long as the day stays. */
function Editor({ known, expires }: { known: Draft; expires: number | null }) {
  const { t } = useTranslation(["configuration", "common"]);
  const queries = useQueryClient();
  const notify = useNotify();
  const [draft, setDraft] = useState(known);
  const stamp = JSON.stringify(known);
  useEffect(() => setDraft(JSON.parse(stamp)), [stamp]);
  const { run, busy, error } = useAction(async () => {
    await saveAllowlist(draft.ids, draft.until === known.until ? expires : momentOf(draft.until));
    // Projects and artifacts show the list, too.
    await queries.invalidateQueries({ queryKey: ["system"] });
    notify.success(t("saved"));
  });
  const isOver = draft.until !== "" && (momentOf(draft.until) ?? 0) * 1000 < Date.now();
  return (
    <Form
      noValidate
      style={{ maxWidth: "52rem" }}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <Content component="p" className="minato-quiet">
        {t("allowlist.about")}
      </Content>
      <Listed draft={draft} change={setDraft} />
      <Add draft={draft} change={setDraft} />
      <Expiry draft={draft} change={setDraft} isOver={isOver} />
      <UnsavedBar
        count={differences(known, draft)}
        busy={busy}
        error={error}
        discard={() => setDraft(known)}
      />
    </Form>
  );
}

interface Part {
  draft: Draft;
  change: (draft: Draft) => void;
}

function Listed({ draft, change }: Part) {
  const { t } = useTranslation(["configuration", "common"]);
  if (draft.ids.length === 0) return <p>{t("allowlist.none")}</p>;
  const remove = (id: string) => change({ ...draft, ids: draft.ids.filter((one) => one !== id) });
  return (
    <LabelGroup
      categoryName={t("allowlist.listed", { count: draft.ids.length })}
      numLabels={50}
      aria-label={t("allowlist.listed", { count: draft.ids.length })}
    >
      {draft.ids.map((id) => (
        <Label
          key={id}
          variant="outline"
          onClose={() => remove(id)}
          closeBtnAriaLabel={t("allowlist.remove", { id })}
        >
          {id}
        </Label>
      ))}
    </LabelGroup>
  );
}

function Add({ draft, change }: Part) {
  const { t } = useTranslation(["configuration", "common"]);
  const [text, setText] = useState("");
  const found = idsIn(text);
  return (
    <FormGroup fieldId="allowlist-add" label={t("allowlist.add")}>
      <Flex gap={{ default: "gapSm" }} alignItems={{ default: "alignItemsFlexStart" }}>
        <TextArea
          id="allowlist-add"
          rows={2}
          value={text}
          resizeOrientation="vertical"
          onChange={(_, value) => setText(value)}
          style={{ flex: "1 1 20rem" }}
        />
        <Button
          variant="secondary"
          isDisabled={found.length === 0}
          onClick={() => {
            change({ ...draft, ids: [...new Set([...draft.ids, ...found])] });
            setText("");
          }}
        >
          {found.length > 0 ? t("allowlist.addButton", { count: found.length }) : t("common:add")}
        </Button>
      </Flex>
      <FormHelperText>
        <HelperText>
          <HelperTextItem>{t("allowlist.addHelp")}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function Expiry({ draft, change, isOver }: Part & { isOver: boolean }) {
  const { t } = useTranslation("configuration");
  const never = draft.until === "";
  const soon = dayOf(Date.now() / 1000 + 30 * 86_400);
  return (
    <>
      <Switch
        id="allowlist-never"
        label={t("allowlist.never")}
        isChecked={never}
        onChange={(_, on) => change({ ...draft, until: on ? "" : soon })}
      />
      {!never && (
        <FormGroup fieldId="allowlist-until" label={t("allowlist.until")}>
          <TextInput
            id="allowlist-until"
            type="date"
            value={draft.until}
            validated={isOver ? "warning" : "default"}
            onChange={(_, until) => change({ ...draft, until: until || soon })}
            style={{ width: "auto" }}
          />
          <FormHelperText>
            <HelperText>
              <HelperTextItem variant={isOver ? "warning" : "default"}>
                {t(isOver ? "allowlist.over" : "allowlist.untilHelp")}
              </HelperTextItem>
            </HelperText>
          </FormHelperText>
        </FormGroup>
      )}
    </>
  );
}
