/** The rules of a retention policy in their order, and what can be done with each. */

import { Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { RowActions } from "~/ui/DataTable";
import type { Rule } from "./queries";
import { useRuleText } from "./rule-text";
import { SelectorText } from "./SelectorFields";
import { ofRepositories } from "./selectors";

export interface RuleActions {
  edit: (index: number) => void;
  remove: (index: number) => void;
  /** Saves other rules, or the same in another order. */
  change: (rules: Rule[]) => void;
}

interface Props {
  rules: Rule[];
  actions?: RuleActions;
}

/** Where a rule goes, `by` places down. */
export function moved(rules: Rule[], index: number, by: number): Rule[] {
  const others = rules.filter((_, at) => at !== index);
  others.splice(index + by, 0, ...rules.slice(index, index + 1));
  return others;
}

export function toggled(rules: Rule[], index: number): Rule[] {
  return rules.map((rule, at) => (at === index ? { ...rule, disabled: !rule.disabled } : rule));
}

export function RulesTable({ rules, actions }: Props) {
  const { t } = useTranslation(["policy", "common"]);
  const { compact } = usePreferences();
  const text = useRuleText();
  return (
    <Table aria-label={t("retention.rules")} variant={compact ? "compact" : undefined}>
      <Thead>
        <Tr>
          <Th modifier="fitContent">{t("retention.number")}</Th>
          <Th width={25}>{t("retention.keep")}</Th>
          <Th width={35}>{t("selector.tags")}</Th>
          <Th width={25}>{t("selector.repositories")}</Th>
          <Th modifier="fitContent">{t("retention.state")}</Th>
          {actions && <Th screenReaderText={t("common:table.actions")} />}
        </Tr>
      </Thead>
      <Tbody>
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule's number is its place
          <Tr key={index} className={rule.disabled ? "minato-quiet" : undefined}>
            <Td dataLabel={t("retention.number")}>{index + 1}</Td>
            <Td dataLabel={t("retention.keep")}>{text(rule)}</Td>
            <Td dataLabel={t("selector.tags")}>
              <SelectorText selectors={rule.tag_selectors ?? []} untagged />
            </Td>
            <Td dataLabel={t("selector.repositories")}>
              <SelectorText selectors={ofRepositories(rule.scope_selectors)} />
            </Td>
            <Td dataLabel={t("retention.state")}>
              <RuleState disabled={rule.disabled} />
            </Td>
            {actions && <RuleMenu rules={rules} index={index} actions={actions} />}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

export function RuleState({ disabled }: { disabled?: boolean }) {
  const { t } = useTranslation();
  return (
    <Label isCompact color={disabled ? "grey" : "green"}>
      {t(disabled ? "disabled" : "enabled")}
    </Label>
  );
}

function RuleMenu({ rules, index, actions }: { rules: Rule[]; index: number; actions: RuleActions }) {
  const { t } = useTranslation(["policy", "common"]);
  const text = useRuleText();
  const rule = rules[index];
  return (
    <RowActions
      name={text(rule ?? {})}
      items={[
        { title: t("common:edit"), onClick: () => actions.edit(index) },
        {
          title: t(rule?.disabled ? "common:enable" : "common:disable"),
          onClick: () => actions.change(toggled(rules, index)),
        },
        {
          title: t("retention.moveUp"),
          isDisabled: index === 0,
          onClick: () => actions.change(moved(rules, index, -1)),
        },
        {
          title: t("retention.moveDown"),
          isDisabled: index === rules.length - 1,
          onClick: () => actions.change(moved(rules, index, 1)),
        },
        { isSeparator: true },
        { title: t("common:delete"), onClick: () => actions.remove(index) },
      ]}
    />
  );
}
