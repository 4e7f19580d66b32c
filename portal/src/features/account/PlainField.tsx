/** A field of the sign-in form, which is seen before everything else and therefore does without a form library. */

import { FormGroup, FormHelperText, HelperText, TextInput } from "@patternfly/react-core";
import { useId } from "react";
import { HelperTextItem } from "~/ui/patternfly/HelperTextItem";

export function PlainField({
  name,
  label,
  error,
  type = "text",
  autoComplete,
  autoFocus,
}: {
  name: string;
  label: string;
  error?: string | false;
  type?: "text" | "password";
  autoComplete: string;
  autoFocus?: boolean;
}) {
  const id = useId();
  return (
    <FormGroup label={label} fieldId={id}>
      <TextInput
        id={id}
        name={name}
        type={type}
        autoComplete={autoComplete}
        autoFocus={autoFocus}
        isRequired
        validated={error ? "error" : "default"}
        aria-describedby={error ? `${id}-help` : undefined}
      />
      {error && (
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant="error">{error}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
