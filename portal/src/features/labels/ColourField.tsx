/** Choosing a colour by looking at it: how the label will be, and the palette. */

import { FormGroup } from "@patternfly/react-core";
import CheckIcon from "@patternfly/react-icons/dist/esm/icons/check-icon";
import { useId } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { parseColour, textOn } from "~/ui/LabelChip";
import { choices } from "./palette";

export function ColourField({ name, current }: { name: string; current: string }) {
  const { t } = useTranslation("labels");
  const id = useId();
  const { field } = useController({ name });
  return (
    <FormGroup label={t("colour")} role="radiogroup" fieldId={id}>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(8, 2rem)", gap: "0.4rem" }}>
        {choices(current).map((choice) => (
          <Swatch
            key={choice.value}
            group={id}
            value={choice.value}
            label={choice.name ? t(`colours.${choice.name}`) : t("colours.current", { value: choice.value })}
            chosen={String(field.value).toLowerCase() === choice.value.toLowerCase()}
            choose={() => field.onChange(choice.value)}
          />
        ))}
      </div>
    </FormGroup>
  );
}

function Swatch({
  group,
  value,
  label,
  chosen,
  choose,
}: {
  group: string;
  value: string;
  label: string;
  chosen: boolean;
  choose: () => void;
}) {
  const colour = parseColour(value);
  return (
    <label
      title={label}
      style={{
        position: "relative",
        display: "inline-grid",
        placeItems: "center",
        width: "2rem",
        height: "2rem",
        borderRadius: "6px",
        border: "1px solid var(--pf-t--global--border--color--default)",
        backgroundColor: value,
        color: colour ? textOn(colour) : undefined,
        cursor: "pointer",
      }}
    >
      <input
        type="radio"
        name={group}
        aria-label={label}
        checked={chosen}
        onChange={choose}
        style={{ position: "absolute", inset: 0, width: "100%", height: "100%", margin: 0, opacity: 0.01 }}
      />
      {chosen && <CheckIcon />}
    </label>
  );
}
