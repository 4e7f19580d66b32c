/** A field to filter a list by a text. Escape empties it. */

import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon";

export function SearchField({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  return (
    <search className="minato-filter">
      <SearchIcon />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && change("")}
      />
    </search>
  );
}
