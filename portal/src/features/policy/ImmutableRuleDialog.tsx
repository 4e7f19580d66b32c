/** The dialog that writes a rule of immutability: which tags of which repositories nobody may change. */

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { FormDialog } from "~/ui/dialogs";
import { Preview } from "./Preview";
import type { ImmutableRule } from "./queries";
import { ChoicesField } from "./SelectorFields";
import { isGood, ofRepositories, repositorySelectors, tagSelectors, toChoices } from "./selectors";

export default function ImmutableRuleDialog({
  project,
  rule,
  save,
  close,
}: {
  project: string;
  /** The rule to change; a new one if there is none. */
  rule?: ImmutableRule;
  save: (rule: ImmutableRule) => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation(["policy", "common"]);
  const choice = z
    .object({ excludes: z.boolean(), pattern: z.string() })
    .refine(isGood, t("retention.patternRule"));
  const schema = z.object({ repositories: z.array(choice).min(1), tags: z.array(choice).min(1) });
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      repositories: rule
        ? toChoices(ofRepositories(rule.scope_selectors))
        : [{ excludes: false, pattern: "**" }],
      tags: rule ? toChoices(rule.tag_selectors ?? []) : [{ excludes: false, pattern: "v*" }],
    },
  });
  return (
    <FormDialog
      title={t(rule ? "immutability.editRule" : "immutability.newRule")}
      description={t("immutability.intro")}
      form={form}
      submit={t(rule ? "common:save" : "common:add")}
      close={close}
      wide
      send={(values) =>
        save({
          ...rule,
          action: "immutable",
          template: "immutable_template",
          tag_selectors: tagSelectors(values.tags),
          scope_selectors: { repository: repositorySelectors(values.repositories) },
        })
      }
    >
      <ChoicesField name="repositories" label={t("selector.repositories")} />
      <ChoicesField
        name="tags"
        label={t("selector.tags")}
        help={`${t("selector.help")} ${t("immutability.tagsHelp")}`}
      />
      <Watched project={project} />
    </FormDialog>
  );
}

function Watched({ project }: { project: string }) {
  const [repositories, tags] = useWatch({ name: ["repositories", "tags"] });
  return <Preview project={project} repositories={repositories} tags={tags} unit="tags" />;
}
