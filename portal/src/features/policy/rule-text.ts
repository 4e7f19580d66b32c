/** Templates of retention in words. */

import { useTranslation } from "react-i18next";
import type { Rule, Template } from "./queries";

const KNOWN = [
  "latestPushedK",
  "latestPulledN",
  "nDaysSinceLastPush",
  "nDaysSinceLastPull",
  "always",
  "latestVersionsK",
  "nDaysBeforeNewest",
  "latestActiveK",
  "lastXDays",
] as const;

export function knownTemplate(name: string | undefined) {
  return KNOWN.find((known) => known === name);
}

/** What the server takes where a rule has no number. */
export function usualNumber(template: string): number {
  return /Days/.test(template) ? 30 : 10;
}

/** The number of a rule, which its template counts by. */
export function numberOf({ template = "", params }: Rule): number {
  const number = params?.[template];
  return typeof number === "number" ? number : usualNumber(template);
}

/** Tells what a rule keeps: "the 2 highest versions". */
export function useRuleText(): (rule: Rule) => string {
  const { t } = useTranslation("policy");
  return (rule) => {
    const known = knownTemplate(rule.template);
    return known ? t(`rule.${known}`, { count: numberOf(rule) }) : (rule.template ?? "");
  };
}

/** Tells a template that may be chosen, and what it means; of one that is newer than us in the server's words. */
export function useTemplateText(): (template: Template) => { label: string; help: string } {
  const { t } = useTranslation("policy");
  return ({ rule_template, display_text }) => {
    const known = knownTemplate(rule_template);
    return known
      ? { label: t(`option.${known}`), help: t(`optionHelp.${known}`) }
      : { label: display_text, help: "" };
  };
}
