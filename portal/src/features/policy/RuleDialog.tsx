/** The dialog that writes a rule of retention: what is kept of which tags in which repositories. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { SelectField, SwitchField, TextField } from "~/ui/fields";
import { Loading } from "~/ui/states";
import { Preview } from "./Preview";
import { metadataQuery, type Rule, type Template } from "./queries";
import { numberOf, useTemplateText, usualNumber } from "./rule-text";
import { ChoicesField } from "./SelectorFields";
import {
  type Choice,
  choosesUntagged,
  isGood,
  ofRepositories,
  repositorySelectors,
  tagSelectors,
  toChoices,
} from "./selectors";

/** Most that a number in a rule may be. */
const MOST = 20_190_904;

const EVERYTHING: Choice[] = [{ excludes: false, pattern: "**" }];

interface Props {
  project: string;
  /** The rule to change; a new one if there is none. */
  rule?: Rule;
  /** Its place, from 1. */
  number?: number;
  save: (rule: Rule) => Promise<unknown>;
  close: () => void;
}

export default function RuleDialog(props: Props) {
  const { data } = useQuery(metadataQuery);
  return data ? <Dialog {...props} templates={data.templates} /> : <Loading />;
}

function useSchema() {
  const { t } = useTranslation("policy");
  const choice = z
    .object({ excludes: z.boolean(), pattern: z.string() })
    .refine(isGood, t("retention.patternRule"));
  const number = z.number().int().min(0).max(MOST);
  return z
    .object({
      template: z.string(),
      // One for each template, so that changing one's mind forgets nothing.
      numbers: z.record(z.string(), z.unknown()),
      repositories: z.array(choice).min(1),
      tags: z.array(choice).min(1),
      untagged: z.boolean(),
    })
    .superRefine(({ template, numbers }, context) => {
      if (number.safeParse(numbers[template] ?? 0).success) return;
      context.addIssue({
        code: "custom",
        path: ["numbers", template],
        message: t("retention.countRule", { most: MOST }),
      });
    });
}

function choicesOf(selectors: Parameters<typeof toChoices>[0]): Choice[] {
  return selectors.length ? toChoices(selectors) : EVERYTHING;
}

function Dialog({ project, rule, number, save, close, templates }: Props & { templates: Template[] }) {
  const { t } = useTranslation(["policy", "common"]);
  const schema = useSchema();
  const tags = rule?.tag_selectors ?? [];
  // A template that is not offered any more stays with the rules that have it.
  const offered = templates.some(({ rule_template }) => rule_template === rule?.template)
    ? templates
    : [...templates, ...(rule?.template ? [oldTemplate(rule.template)] : [])];
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      template: rule?.template ?? "latestPushedK",
      numbers: Object.fromEntries(
        offered.map(({ rule_template: name }) => [
          name,
          name === rule?.template ? numberOf(rule) : usualNumber(name),
        ]),
      ),
      repositories: choicesOf(ofRepositories(rule?.scope_selectors)),
      tags: choicesOf(tags),
      untagged: tags.every(choosesUntagged),
    },
  });
  return (
    <FormDialog
      title={number === undefined ? t("retention.newRule") : t("retention.editRule", { number })}
      form={form}
      submit={t(rule ? "common:save" : "common:add")}
      close={close}
      wide
      send={(values) => {
        const counts = offered.find(({ rule_template }) => rule_template === values.template)?.params.length;
        return save({
          ...rule,
          action: "retain",
          template: values.template,
          params: counts ? { [values.template]: values.numbers[values.template] } : {},
          tag_selectors: tagSelectors(values.tags, values.untagged),
          scope_selectors: { repository: repositorySelectors(values.repositories) },
        });
      }}
    >
      <ChoicesField name="repositories" label={t("selector.repositories")} several />
      <TemplateFields templates={offered} />
      <ChoicesField
        name="tags"
        label={t("selector.tags")}
        help={`${t("selector.help")} ${t("selector.artifactsHelp")}`}
        several
      />
      <SwitchField name="untagged" label={t("selector.untagged")} help={t("selector.untaggedHelp")} />
      <Watched project={project} />
    </FormDialog>
  );
}

function oldTemplate(name: string): Template {
  const unit = /Days/.test(name) ? "DAYS" : "COUNT";
  return {
    rule_template: name,
    display_text: name,
    action: "retain",
    params: [{ type: "int", unit, required: true }],
  };
}

function TemplateFields({ templates }: { templates: Template[] }) {
  const { t } = useTranslation("policy");
  const text = useTemplateText();
  const [name, numbers] = useWatch({ name: ["template", "numbers"] });
  const template = templates.find(({ rule_template }) => rule_template === name) ?? templates[0];
  const param = template?.params[0];
  const options = templates.map((one) => ({ value: one.rule_template, label: text(one).label }));
  return (
    <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 12rem", gap: "1rem" }}>
      <SelectField
        name="template"
        label={t("retention.template")}
        options={options}
        help={template && text(template).help}
      />
      {param && (
        <TextField
          key={name}
          name={`numbers.${name}`}
          type="number"
          label={t(param.unit === "DAYS" ? "retention.days" : "retention.count")}
          help={numbers[name] === 0 && t("retention.zero")}
          required
        />
      )}
    </div>
  );
}

function Watched({ project }: { project: string }) {
  const [repositories, tags, untagged] = useWatch({ name: ["repositories", "tags", "untagged"] });
  return (
    <Preview project={project} repositories={repositories} tags={tags} untagged={untagged} unit="artifacts" />
  );
}
