/** The names of resources and actions in the reader's language. */

import { useTranslation } from "react-i18next";

export function useWords(kind: "project" | "system") {
  const { t, i18n } = useTranslation("robots");
  const resources: Record<string, string> = t("resource", { returnObjects: true });
  const actions: Record<string, string> = t("action", { returnObjects: true });
  /** In a project there is only that one. */
  const resource = (name: string) =>
    name === "project" && kind === "project" ? t("theProject") : (resources[name] ?? name);
  return {
    resource,
    /** As it stands at the beginning of a line. */
    heading: (name: string) => {
      const text = resource(name);
      return text.charAt(0).toLocaleUpperCase(i18n.language) + text.slice(1);
    },
    action: (name: string) => actions[name] ?? name,
  };
}
