/**
 * A field that finds what is typed into it, with suggestions that arrows and Enter choose from: the search
 * in the bar, and the command palette.
 */

import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type Ref, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Entry, useCommands, useFoundEntries } from "./entries";
import { searchQuery } from "./search";
import "./finder.css";

/** How long after the last key is searched, in milliseconds. */
const PAUSE = 250;

interface Props {
  label: string;
  /** What the field holds at first. */
  initial?: string;
  /** Shows pages and actions before anything is typed. */
  isPalette?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** The text as a whole is searched for. */
  search: (text: string) => void;
  /** Something was chosen, or nothing shall be. */
  done: () => void;
}

export function Finder({ label, initial = "", isPalette = false, inputRef, search, done }: Props) {
  const [text, setText] = useState(initial);
  const [open, setOpen] = useState(isPalette);
  // Enter in the palette chooses the first; in the bar it searches.
  const none = isPalette ? 0 : -1;
  // By its name: what is found later may come before it.
  const [chosen, setChosen] = useState("");
  const id = useId();
  const { entries, isSearching } = useEntries(text.trim(), isPalette);
  const active = Math.max(
    none,
    entries.findIndex((entry) => entry.id === chosen),
  );
  useEffect(() => setText(initial), [initial]);
  const isShown = open && (isPalette || text.trim() !== "");
  const choose = (entry: Entry | undefined) => {
    setOpen(isPalette);
    setChosen("");
    if (entry) setText("");
    done();
    if (entry) entry.run();
    else if (text.trim()) search(text.trim());
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && entries.length > 0) {
      setOpen(true);
      const from = active < 0 && step < 0 ? 0 : active;
      setChosen(entries[(from + step + entries.length) % entries.length]?.id ?? "");
    } else if (event.key === "Enter") choose(entries[active]);
    else if (event.key === "Escape" && isShown && !isPalette) setOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <search className={isPalette ? "finder finder-palette" : "finder"}>
      <SearchIcon />
      <input
        ref={inputRef}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={entries[active] ? `${id}-${active}` : undefined}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen("");
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(isPalette)}
        onKeyDown={press}
      />
      {!isPalette && !text && <kbd>/</kbd>}
      {isShown && (
        <Suggestions
          id={id}
          entries={entries}
          active={active}
          choose={choose}
          isSearching={isSearching}
          searchAll={isPalette || !text.trim() ? undefined : () => choose(undefined)}
          text={text.trim()}
        />
      )}
    </search>
  );
}

function useEntries(text: string, isPalette: boolean): { entries: Entry[]; isSearching: boolean } {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isFetching, isPlaceholderData } = useQuery(searchQuery(settled));
  // What an earlier text found is not what Enter should open.
  const isOfText = text !== "" && text === settled && !isPlaceholderData;
  const found = useFoundEntries(isOfText ? data : undefined);
  const commands = useCommands(text);
  const isSearching = text !== "" && (isFetching || text !== settled);
  const shown = text || isPalette ? commands : [];
  return { entries: isPalette ? [...shown, ...found] : [...found, ...shown], isSearching };
}

function Suggestions({
  id,
  entries,
  active,
  choose,
  isSearching,
  searchAll,
  text,
}: {
  id: string;
  entries: Entry[];
  active: number;
  choose: (entry: Entry) => void;
  isSearching: boolean;
  searchAll?: () => void;
  text: string;
}) {
  const { t } = useTranslation();
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus stays in the field, or this would close
    <div className="finder-list" onMouseDown={(event) => event.preventDefault()} role="presentation">
      <div role="listbox" id={`${id}-list`} aria-label={t("find.suggestions")} aria-busy={isSearching}>
        {entries.map((entry, index) => (
          <div key={entry.id} role="presentation">
            {entry.kind !== entries[index - 1]?.kind && (
              <div className="finder-kind" role="presentation">
                {t(`find.kind.${entry.kind}`)}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and the keys */}
            <div
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onClick={() => choose(entry)}
            >
              {entry.label}
            </div>
          </div>
        ))}
      </div>
      {entries.length === 0 && (
        <p className="finder-note" role="status">
          {t(isSearching ? "find.searching" : "find.nothing")}
        </p>
      )}
      {searchAll && (
        <button type="button" className="finder-all" tabIndex={-1} onClick={searchAll}>
          {t("find.all", { text })} <kbd>Enter</kbd>
        </button>
      )}
    </div>
  );
}
