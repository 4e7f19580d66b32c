/** Writing down which vulnerabilities are put up with: pasted, many at once, and taken away one by one. */

import { Button, Flex, FormGroup, FormHelperText, HelperText, Label, TextArea } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useController, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { TextField } from "~/ui/fields";
import { useFormat } from "~/ui/format";
import { Alert } from "~/ui/patternfly/Alert";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { isOver, momentOf, readIds } from "./allowlist";

/** Most words that are named as no names. */
const NAMED = 5;

/** The value is a list of names. */
export function AllowlistField({ name, disabled }: { name: string; disabled?: boolean }) {
  const { t } = useTranslation("projects");
  const { field } = useController({ name });
  const ids: string[] = field.value ?? [];
  return (
    <FormGroup label={t("configuration.ids", { count: ids.length })} role="group">
      <IdLabels
        ids={ids}
        remove={disabled ? undefined : (id) => field.onChange(ids.filter((one) => one !== id))}
      />
      {!disabled && <AddIds ids={ids} change={field.onChange} />}
    </FormGroup>
  );
}

/** The values are the last day, and in `expires` the moment that the list had before. */
export function UntilField({ disabled }: { disabled?: boolean }) {
  const { t } = useTranslation("projects");
  const { dateTime } = useFormat();
  const { setValue } = useFormContext<Span>();
  const [until, expires] = useWatch<Span, ["until", "expires"]>({ name: ["until", "expires"] });
  const moment = momentOf(until ?? "", expires);
  return (
    <>
      <TextField
        name="until"
        type="date"
        label={t("configuration.until")}
        help={t("configuration.untilHelp")}
        disabled={disabled}
      />
      {moment !== null && (
        <div>
          {isOver(moment, new Date()) ? (
            <Alert isInline isPlain variant="warning" title={t("configuration.over")} />
          ) : (
            <p>{t("configuration.overAt", { time: dateTime(new Date(moment * 1000)) })}</p>
          )}
          {!disabled && (
            <Button variant="link" isInline onClick={() => setValue("until", "", { shouldDirty: true })}>
              {t("configuration.forEver")}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

interface Span {
  until: string;
  expires: number | null;
}

export function IdLabels({ ids, remove }: { ids: string[]; remove?: (id: string) => void }) {
  const { t } = useTranslation("projects");
  if (!ids.length) return <p className="minato-quiet">{t("configuration.noIds")}</p>;
  return (
    <LabelGroup
      numLabels={30}
      collapsedText={t("configuration.moreIds", { count: Math.max(0, ids.length - 30) })}
      expandedText={t("configuration.fewerIds")}
      aria-label={t("configuration.ids", { count: ids.length })}
    >
      {ids.map((id) => (
        <Label
          key={id}
          isCompact
          variant="outline"
          onClose={remove && (() => remove(id))}
          closeBtnAriaLabel={t("configuration.removeId", { id })}
        >
          {id}
        </Label>
      ))}
    </LabelGroup>
  );
}

function AddIds({ ids, change }: { ids: string[]; change: (ids: string[]) => void }) {
  const { t } = useTranslation(["projects", "common"]);
  const { list } = useFormat();
  const id = useId();
  const [text, setText] = useState("");
  const pasted = readIds(text);
  const fresh = pasted.ids.filter((one) => !ids.includes(one));
  return (
    <div className="minato-gap">
      <TextArea
        id={id}
        aria-label={t("configuration.paste")}
        aria-describedby={`${id}-help`}
        placeholder={t("configuration.paste")}
        value={text}
        rows={3}
        resizeOrientation="vertical"
        spellCheck={false}
        onChange={(_, value) => setText(value)}
      />
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          <HelperTextItem>{t("configuration.pasteHelp")}</HelperTextItem>
          {pasted.others.length > 0 && (
            <HelperTextItem variant="warning">
              {t("configuration.noNames", { words: list(pasted.others.slice(0, NAMED)) })}
            </HelperTextItem>
          )}
        </HelperText>
      </FormHelperText>
      <Flex gap={{ default: "gapSm" }} className="minato-gap">
        <Button
          variant="secondary"
          isDisabled={fresh.length === 0}
          onClick={() => {
            change([...ids, ...fresh]);
            setText("");
          }}
        >
          {fresh.length ? t("configuration.addIds", { count: fresh.length }) : t("common:add")}
        </Button>
        {ids.length > 0 && (
          <Button variant="link" isDanger onClick={() => change([])}>
            {t("configuration.clearIds")}
          </Button>
        )}
      </Flex>
    </div>
  );
}
