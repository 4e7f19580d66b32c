/** Writing down which repositories or tags a rule is about, and showing it again. */

import {
  Button,
  Flex,
  FlexItem,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  TextInput,
} from "@patternfly/react-core";
import MinusCircleIcon from "@patternfly/react-icons/dist/esm/icons/minus-circle-icon";
import PlusCircleIcon from "@patternfly/react-icons/dist/esm/icons/plus-circle-icon";
import { useId } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { type Choice, choosesUntagged, isExcluding, isGood, type Selector } from "./selectors";

interface Props {
  name: string;
  label: string;
  help?: string;
  /** Whether there may be more than one condition, of which all have to hold. */
  several?: boolean;
}

export function ChoicesField({ name, label, help, several }: Props) {
  const { t } = useTranslation("policy");
  const id = useId();
  const { field } = useController({ name });
  const choices: Choice[] = field.value ?? [];
  const put = (index: number, change: Partial<Choice>) =>
    field.onChange(choices.map((choice, at) => (at === index ? { ...choice, ...change } : choice)));
  const isWrong = choices.some((choice) => !isGood(choice));
  return (
    <FormGroup label={label} fieldId={`${id}-0`} role="group">
      {choices.map((choice, index) => (
        <ChoiceRow
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have nothing else to be known by
          key={index}
          id={`${id}-${index}`}
          label={label}
          choice={choice}
          change={(change) => put(index, change)}
          remove={
            choices.length > 1 ? () => field.onChange(choices.filter((_, at) => at !== index)) : undefined
          }
          number={index + 1}
        />
      ))}
      {several && (
        <Button
          variant="link"
          isInline
          icon={<PlusCircleIcon />}
          onClick={() => field.onChange([...choices, { excludes: true, pattern: "" }])}
        >
          {t("selector.add")}
        </Button>
      )}
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          <HelperTextItem variant={isWrong ? "error" : "default"}>
            {isWrong ? t("selector.rule") : (help ?? t("selector.help"))}
          </HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function ChoiceRow({
  id,
  label,
  choice,
  change,
  remove,
  number,
}: {
  id: string;
  label: string;
  choice: Choice;
  change: (change: Partial<Choice>) => void;
  remove?: () => void;
  number: number;
}) {
  const { t } = useTranslation("policy");
  return (
    <Flex
      gap={{ default: "gapSm" }}
      flexWrap={{ default: "nowrap" }}
      alignItems={{ default: "alignItemsCenter" }}
    >
      <FlexItem>
        <FormSelect
          aria-label={`${label}: ${t("selector.how")}`}
          value={choice.excludes ? "excludes" : "matches"}
          onChange={(_, value) => change({ excludes: value === "excludes" })}
        >
          <FormSelectOption value="matches" label={t("selector.matches")} />
          <FormSelectOption value="excludes" label={t("selector.excludes")} />
        </FormSelect>
      </FlexItem>
      <FlexItem grow={{ default: "grow" }}>
        <TextInput
          id={id}
          aria-label={`${label}: ${t("selector.pattern")}`}
          value={choice.pattern}
          validated={isGood(choice) ? "default" : "error"}
          spellCheck={false}
          autoComplete="off"
          onChange={(_, pattern) => change({ pattern })}
          style={{ fontFamily: "var(--pf-t--global--font--family--mono)" }}
        />
      </FlexItem>
      {remove && (
        <Button
          variant="plain"
          aria-label={t("selector.removeNumber", { number })}
          icon={<MinusCircleIcon />}
          onClick={remove}
        />
      )}
    </Flex>
  );
}

/** Selectors in words. `untagged` adds whether artifacts without tags are meant. */
export function SelectorText({ selectors, untagged }: { selectors: Selector[]; untagged?: boolean }) {
  const { t } = useTranslation("policy");
  const shown = selectors.filter((selector) => isExcluding(selector) || selector.pattern !== "**");
  return (
    <Flex columnGap={{ default: "columnGapSm" }} rowGap={{ default: "rowGapXs" }}>
      {shown.length === 0 && <span>{t("selector.all")}</span>}
      {shown.map((selector) => (
        <span key={`${selector.decoration}${selector.pattern}`}>
          {isExcluding(selector) && <>{t("selector.allExcept")} </>}
          <code>{selector.pattern}</code>
        </span>
      ))}
      {untagged && (
        <span className="minato-quiet">
          {t(selectors.every(choosesUntagged) ? "selector.withUntagged" : "selector.withoutUntagged")}
        </span>
      )}
    </Flex>
  );
}

/** Selectors in one line of text, for labels and questions. */
export function useSelectorLine(): (selectors: Selector[]) => string {
  const { t } = useTranslation("policy");
  return (selectors) =>
    selectors
      .map((selector) =>
        isExcluding(selector) ? `${t("selector.allExcept")} ${selector.pattern}` : (selector.pattern ?? ""),
      )
      .join(", ");
}
