/** The message to everybody: its text, its kind, the days it is for, and how it will look. */

import {
  Checkbox,
  Flex,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { type ReactNode, useId } from "react";
import { useController } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";
import { type Banner, readBanner, TYPES, writeBanner } from "./banner";

export function BannerField({
  name,
  label,
  help,
  disabled,
}: {
  name: string;
  label: string;
  help: ReactNode;
  disabled: boolean;
}) {
  const id = useId();
  const { field } = useController({ name });
  const banner = readBanner(String(field.value ?? ""));
  const change = (part: Partial<Banner>) => field.onChange(writeBanner({ ...banner, ...part }));
  return (
    <>
      <FormGroup fieldId={id} label={label}>
        <TextArea
          id={id}
          rows={2}
          resizeOrientation="vertical"
          value={banner.message}
          isDisabled={disabled}
          onChange={(_, message) => change({ message })}
        />
        <FormHelperText>
          <HelperText>
            <HelperTextItem>{help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      {banner.message && <Details id={id} banner={banner} change={change} disabled={disabled} />}
    </>
  );
}

function Details({
  id,
  banner,
  change,
  disabled,
}: {
  id: string;
  banner: Banner;
  change: (part: Partial<Banner>) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation("configuration");
  return (
    <>
      <Flex gap={{ default: "gapMd" }}>
        <FormGroup fieldId={`${id}-type`} label={t("banner.type")}>
          <FormSelect
            id={`${id}-type`}
            value={banner.type}
            isDisabled={disabled}
            onChange={(_, value) => change({ type: TYPES.find((type) => type === value) })}
          >
            {TYPES.map((type) => (
              <FormSelectOption key={type} value={type} label={t(`banner.types.${type}`)} />
            ))}
          </FormSelect>
        </FormGroup>
        {(["fromDate", "toDate"] as const).map((bound) => (
          <FormGroup key={bound} fieldId={`${id}-${bound}`} label={t(`banner.${bound}`)}>
            <TextInput
              id={`${id}-${bound}`}
              type="date"
              value={banner[bound]}
              isDisabled={disabled}
              onChange={(_, value) => change({ [bound]: value })}
            />
          </FormGroup>
        ))}
      </Flex>
      <Checkbox
        id={`${id}-closable`}
        label={t("banner.closable")}
        isDisabled={disabled}
        isChecked={banner.closable}
        onChange={(_, closable) => change({ closable })}
      />
    </>
  );
}
