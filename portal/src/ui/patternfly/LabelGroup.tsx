/** PatternFly's group of labels, which says how many it leaves out in the reader's language. */

import { type LabelGroupProps, LabelGroup as Plain } from "@patternfly/react-core";
import { Children } from "react";
import { useTranslation } from "react-i18next";

export function LabelGroup({ numLabels = 3, ...props }: Omit<LabelGroupProps, "ref">) {
  const { t } = useTranslation();
  const left = Math.max(0, Children.count(props.children) - numLabels);
  return (
    <Plain
      numLabels={numLabels}
      collapsedText={t("labels.more", { count: left })}
      expandedText={t("labels.fewer")}
      {...props}
    />
  );
}
