/** Choosing what a robot may do in one place: a preset, or pair by pair. */

import {
  Button,
  ExpandableSection,
  Flex,
  FlexItem,
  HelperText,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { Amounts } from "./Amounts";
import { Matrix } from "./Matrix";
import { type Grant, type Level, pairOf, presetOf, presets } from "./permissions";
import type { Permission } from "./queries";

const PRESETS = ["pull", "push", "everything"] as const;

export function AccessEditor({
  title,
  catalogue,
  grant,
  level,
  change,
  actions,
}: {
  /** Where it is for. */
  title?: string;
  catalogue: Permission[];
  grant: Grant;
  level: Level;
  change: (access: string[]) => void;
  /** What else can be done here, such as taking it away. */
  actions?: ReactNode;
}) {
  const { t } = useTranslation("robots");
  const [detailed, setDetailed] = useState(false);
  const { list } = useFormat();
  const offered = new Set(catalogue.map(pairOf));
  const access = grant.access.filter((pair) => offered.has(pair));
  // What stands in no line here stays as it is, and is told below.
  const unknown = grant.access.filter((pair) => !offered.has(pair));
  const choose = (pairs: string[]) => change([...pairs, ...unknown]);
  const preset = presetOf(access, catalogue, level);
  const all = presets(catalogue);
  return (
    <div>
      {grant.kind === "project" && (
        <Flex alignItems={{ default: "alignItemsCenter" }} columnGap={{ default: "columnGapMd" }}>
          <FlexItem grow={{ default: "grow" }}>
            <strong>{title}</strong>
          </FlexItem>
          <ToggleGroup aria-label={t("presetsOf", { place: title })} isCompact>
            {PRESETS.map((name) => (
              <ToggleGroupItem
                key={name}
                text={t(`preset.${name}`)}
                isSelected={preset === name}
                onChange={() => choose(all[name])}
              />
            ))}
          </ToggleGroup>
          {actions}
        </Flex>
      )}
      <Amounts grant={{ ...grant, access }} level={level} />
      {unknown.length > 0 && (
        <HelperText>
          <HelperTextItem variant="warning">
            {t("unknown", { count: unknown.length, list: list(unknown) })}{" "}
            <Button variant="link" isInline onClick={() => change(access)}>
              {t("dropUnknown", { count: unknown.length })}
            </Button>
          </HelperTextItem>
        </HelperText>
      )}
      <ExpandableSection
        toggleText={t("detail", { chosen: access.length, total: catalogue.length })}
        isExpanded={detailed}
        onToggle={(_, on) => setDetailed(on)}
        isIndented
      >
        {detailed && <Matrix kind={grant.kind} catalogue={catalogue} value={access} change={choose} />}
      </ExpandableSection>
    </div>
  );
}
