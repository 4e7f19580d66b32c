/** Fields of a form (react-hook-form), each with its label, its help, and what is wrong with its value. */

import {
  Checkbox,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  Radio,
  Switch,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { type ReactNode, useId } from "react";
import { useController } from "react-hook-form";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";

interface Common {
  name: string;
  label: string;
  help?: ReactNode;
  required?: boolean;
  disabled?: boolean;
}

function Group({
  id,
  label,
  required,
  help,
  error,
  children,
  role,
}: Omit<Common, "name"> & {
  id: string;
  error?: string;
  children: ReactNode;
  role?: "radiogroup" | "group";
}) {
  return (
    <FormGroup label={label} fieldId={id} isRequired={required} role={role} isStack={role === "radiogroup"}>
      {children}
      {(help || error) && (
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant={error ? "error" : "default"}>{error ?? help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

function useField({ name, disabled }: Common) {
  const id = useId();
  const { field, fieldState } = useController({ name, disabled });
  return { id, field, error: fieldState.error?.message };
}

export function TextField(
  props: Common & {
    type?: "text" | "password" | "email" | "number" | "url" | "datetime-local" | "date";
    rows?: number;
    autoComplete?: string;
    placeholder?: string;
  },
) {
  const { id, field, error } = useField(props);
  const common = {
    id,
    ...field,
    value: field.value ?? "",
    placeholder: props.placeholder,
    isRequired: props.required,
    isDisabled: props.disabled,
    validated: error ? ("error" as const) : ("default" as const),
    "aria-describedby": props.help || error ? `${id}-help` : undefined,
    onChange: (_: unknown, value: string) =>
      field.onChange(props.type === "number" && value !== "" ? Number(value) : value),
  };
  return (
    <Group id={id} {...props} error={error}>
      {props.rows ? (
        <TextArea {...common} rows={props.rows} resizeOrientation="vertical" />
      ) : (
        <TextInput {...common} type={props.type ?? "text"} autoComplete={props.autoComplete} />
      )}
    </Group>
  );
}

export interface Option {
  value: string;
  label: string;
  help?: string;
  disabled?: boolean;
}

export function SelectField(props: Common & { options: Option[] }) {
  const { id, field, error } = useField(props);
  return (
    <Group id={id} {...props} error={error}>
      <FormSelect
        id={id}
        {...field}
        value={field.value ?? ""}
        isDisabled={props.disabled}
        onChange={(_, value) => field.onChange(value)}
        aria-describedby={props.help || error ? `${id}-help` : undefined}
      >
        {props.options.map((option) => (
          <FormSelectOption
            key={option.value}
            value={option.value}
            label={option.label}
            isDisabled={option.disabled}
          />
        ))}
      </FormSelect>
    </Group>
  );
}

export function RadioField(props: Common & { options: Option[] }) {
  const { id, field, error } = useField(props);
  return (
    <Group id={id} {...props} error={error} role="radiogroup">
      {props.options.map((option) => (
        <Radio
          key={option.value}
          id={`${id}-${option.value}`}
          name={props.name}
          label={option.label}
          description={option.help}
          isDisabled={props.disabled || option.disabled}
          isChecked={field.value === option.value}
          onChange={() => field.onChange(option.value)}
        />
      ))}
    </Group>
  );
}

export function SwitchField(props: Common) {
  const { id, field, error } = useField(props);
  return (
    <FormGroup fieldId={id}>
      <Switch
        id={id}
        label={props.label}
        isChecked={Boolean(field.value)}
        isDisabled={props.disabled}
        onChange={(_, on) => field.onChange(on)}
        aria-describedby={props.help || error ? `${id}-help` : undefined}
      />
      {(props.help || error) && (
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant={error ? "error" : "default"}>{error ?? props.help}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

/** Several of a set of values, as boxes to tick; the value is a list of texts. */
export function ChecksField(props: Common & { options: Option[] }) {
  const { id, field, error } = useField(props);
  const chosen: string[] = field.value ?? [];
  return (
    <Group id={id} {...props} error={error} role="group">
      {props.options.map((option) => (
        <Checkbox
          key={option.value}
          id={`${id}-${option.value}`}
          label={option.label}
          description={option.help}
          isDisabled={props.disabled || option.disabled}
          isChecked={chosen.includes(option.value)}
          onChange={(_, on) =>
            field.onChange(on ? [...chosen, option.value] : chosen.filter((one) => one !== option.value))
          }
        />
      ))}
    </Group>
  );
}
