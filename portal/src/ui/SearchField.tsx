/** A field to filter a list by a text. Escape empties it. */

import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { useOwnEscape } from "./escape";

export function SearchField({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  const input = useOwnEscape<HTMLInputElement>(value !== "", () => change(""));
  return (
    <search className="minato-filter">
      <SearchIcon />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        // Wide enough for what it asks for.
        style={{ minWidth: `${label.length + 5}ch` }}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    </search>
  );
}
