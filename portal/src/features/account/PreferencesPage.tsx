/** How the console looks and speaks in this browser. Whatever is chosen holds at once. */

import {
  Button,
  Flex,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  Label,
  Radio,
  Switch,
  TextInput,
} from "@patternfly/react-core";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  isRuntime,
  MOST_COMMANDS,
  RUNTIMES,
  setPreferences,
  THEMES,
  TIMES,
  usePreferences,
} from "~/app/preferences";
import { changeLanguage, OFFERED } from "~/i18n";
import { formatRelative, useFormat } from "~/ui/format";
import { Page } from "~/ui/Page";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { LabelGroup } from "~/ui/patternfly/LabelGroup";
import { Section } from "./Section";

export default function PreferencesPage() {
  const { t } = useTranslation(["account", "common"]);
  const chosen = usePreferences();
  return (
    <Page title={t("common:shell.preferences")} subtitle={t("preferences.text")}>
      <Section title={t("preferences.title")}>
        <Form maxWidth="36rem">
          <Choice
            label={t("common:shell.theme")}
            values={THEMES}
            chosen={chosen.theme}
            text={(value) => t(`preferences.theme.${value}`)}
            choose={(theme) => setPreferences({ theme })}
          />
          <Language chosen={chosen.language} />
          <Times />
          <Runtime />
          <Commands />
          <Density isCompact={chosen.compact} />
        </Form>
      </Section>
    </Page>
  );
}

function Choice<T extends string>({
  label,
  values,
  chosen,
  text,
  sample,
  choose,
}: {
  label: string;
  values: readonly T[];
  chosen: T;
  text: (value: T) => string;
  /** What the choice makes of something; a choice without one is short, and stands in a line. */
  sample?: (value: T) => ReactNode;
  choose: (value: T) => void;
}) {
  const id = useId();
  return (
    <FormGroup label={label} role="radiogroup" fieldId={id} isInline={!sample}>
      {values.map((value, index) => (
        <Radio
          key={value}
          id={`${id}-${index}`}
          name={id}
          label={
            <>
              {text(value)} {sample && <span className="minato-quiet">{sample(value)}</span>}
            </>
          }
          isChecked={value === chosen}
          onChange={() => choose(value)}
        />
      ))}
    </FormGroup>
  );
}

function Language({ chosen }: { chosen: string | null }) {
  const { t } = useTranslation(["account", "common"]);
  const id = useId();
  return (
    <FormGroup label={t("common:shell.language")} fieldId={id}>
      <FormSelect id={id} value={chosen ?? ""} onChange={(_, tag) => changeLanguage(tag || null)}>
        <FormSelectOption value="" label={t("preferences.browserLanguage")} />
        {OFFERED.map(([tag, name]) => (
          <FormSelectOption key={tag} value={tag} label={name} lang={tag} />
        ))}
      </FormSelect>
    </FormGroup>
  );
}

function Times() {
  const { t } = useTranslation("account");
  const { times } = usePreferences();
  const { language, dateTime } = useFormat();
  const now = new Date();
  const sample = new Date(now.getTime() - 3 * 3_600_000);
  const samples = {
    relative: formatRelative(sample, now, language),
    locale: dateTime(sample),
    iso: sample.toISOString(),
  };
  return (
    <Choice
      label={t("preferences.times.label")}
      values={TIMES}
      chosen={times}
      text={(value) => t(`preferences.times.${value}`)}
      sample={(value) => samples[value]}
      choose={(value) => setPreferences({ times: value })}
    />
  );
}

function Runtime() {
  const { t } = useTranslation("account");
  const { runtime, commands } = usePreferences();
  return (
    <Choice
      label={t("preferences.runtime")}
      values={[...RUNTIMES, ...commands]}
      chosen={runtime}
      text={(value) => value}
      choose={(value) => setPreferences({ runtime: value })}
    />
  );
}

/** Commands of one's own, beside those of the known tools. */
export function Commands() {
  const { t } = useTranslation(["account", "common"]);
  const { commands, runtime } = usePreferences();
  const id = useId();
  const [text, setText] = useState("");
  const command = text.trim();
  const isFull = commands.length >= MOST_COMMANDS;
  const isKnown = isRuntime(command) || commands.includes(command);
  const add = () => {
    setPreferences({ commands: [...commands, command], runtime: command });
    setText("");
  };
  const remove = (gone: string) =>
    setPreferences({
      commands: commands.filter((one) => one !== gone),
      runtime: runtime === gone ? RUNTIMES[0] : runtime,
    });
  return (
    <FormGroup label={t("preferences.commands.label")} fieldId={id}>
      {commands.length > 0 && (
        <LabelGroup numLabels={MOST_COMMANDS} aria-label={t("preferences.commands.label")}>
          {commands.map((one) => (
            <Label
              key={one}
              variant="outline"
              closeBtnAriaLabel={t("preferences.commands.remove", { command: one })}
              onClose={() => remove(one)}
            >
              {one}
            </Label>
          ))}
        </LabelGroup>
      )}
      <Flex
        gap={{ default: "gapSm" }}
        flexWrap={{ default: "nowrap" }}
        className={commands.length > 0 ? "minato-gap" : ""}
      >
        <TextInput
          id={id}
          value={text}
          placeholder="buildah pull {image}"
          aria-describedby={`${id}-help`}
          isDisabled={isFull}
          onChange={(_, value) => setText(value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (command && !isKnown) add();
          }}
        />
        <Button variant="secondary" isDisabled={!command || isFull || isKnown} onClick={add}>
          {t("common:add")}
        </Button>
      </Flex>
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          {isKnown && <HelperTextItem variant="error">{t("preferences.commands.known")}</HelperTextItem>}
          <HelperTextItem>{t("preferences.commands.help")}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function Density({ isCompact }: { isCompact: boolean }) {
  const { t } = useTranslation("account");
  const id = useId();
  return (
    <FormGroup label={t("preferences.tables")} fieldId={id} role="group">
      <Switch
        id={id}
        label={t("preferences.compact")}
        isChecked={isCompact}
        onChange={(_, compact) => setPreferences({ compact })}
      />
    </FormGroup>
  );
}
