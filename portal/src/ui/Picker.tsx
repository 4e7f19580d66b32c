/** Finds something by a part of its name, on the server, and picks it: a user, a group, a project. */

import {
  MenuToggle,
  Select,
  SelectList,
  SelectOption,
  TextInputGroup,
  TextInputGroupMain,
} from "@patternfly/react-core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOwnEscape } from "./escape";

export interface Found {
  key: string;
  name: string;
  /** What tells it from others of that name. */
  hint?: string;
  /** It is there, but can't be picked: `hint` says why. */
  disabled?: boolean;
}

/** How long after the last key the server is asked, in milliseconds. */
const PAUSE = 250;

function useFound(kind: string, text: string, search: (text: string) => Promise<Found[]>, eager: boolean) {
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return useQuery({
    queryKey: ["picker", kind, asked],
    queryFn: () => search(asked),
    enabled: eager || asked !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

export function Picker({
  kind,
  label,
  placeholder,
  search,
  decorate = (found) => found,
  pick,
  eager = false,
}: {
  /** What is looked for: two pickers of the same kind share what they found. */
  kind: string;
  label: string;
  placeholder: string;
  search: (text: string) => Promise<Found[]>;
  /** Changes what is shown of something found, such as that it was picked before. */
  decorate?: (found: Found) => Found;
  pick: (found: Found) => void;
  /** Shows the first ones before anything was typed. */
  eager?: boolean;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const { data, isFetching } = useFound(kind, text, search, eager);
  const options = (eager || text ? (data ?? []) : []).map(decorate);
  const choose = (found: Found | undefined) => {
    if (!found || found.disabled) return;
    pick(found);
    setText("");
    setOpen(false);
  };
  const input = useOwnEscape<HTMLInputElement>(open, () => setOpen(false));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(open ? options[active] : undefined);
    }
  };
  const change = (value: string) => {
    setText(value);
    setActive(0);
    setOpen(eager || value !== "");
  };
  return (
    <Select
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, key) => choose(options.find((option) => option.key === key))}
      variant="typeahead"
      isScrollable
      maxMenuHeight="16rem"
      // Beside the dialog's own element it would be hidden from screen readers.
      popperProps={{ appendTo: "inline" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="typeahead"
          isExpanded={open}
          isFullWidth
          onClick={() => setOpen(!open)}
          aria-label={label}
        >
          <TextInputGroup isPlain>
            <TextInputGroupMain
              ref={input}
              value={text}
              placeholder={placeholder}
              aria-label={label}
              role="combobox"
              isExpanded={open}
              aria-controls={`${id}-list`}
              {...(open && options[active] && { "aria-activedescendant": `${id}-${active}` })}
              onClick={() => setOpen(eager || text !== "")}
              onChange={(_, value) => change(value)}
              onKeyDown={onKeyDown}
              autoComplete="off"
            />
          </TextInputGroup>
        </MenuToggle>
      )}
    >
      <SelectList id={`${id}-list`} aria-label={label}>
        {options.map((option, index) => (
          <SelectOption
            key={option.key}
            id={`${id}-${index}`}
            value={option.key}
            description={option.hint}
            isDisabled={option.disabled}
            isFocused={index === active}
          >
            {option.name}
          </SelectOption>
        ))}
        {options.length === 0 && (
          <SelectOption isDisabled>{t(isFetching ? "loading" : "table.nothingFound")}</SelectOption>
        )}
      </SelectList>
    </Select>
  );
}
