/** Sets of filters that this browser keeps of a list, each with the order that the list had. */

import { Divider, DropdownItem, DropdownList } from "@patternfly/react-core";
import SaveIcon from "@patternfly/react-icons/dist/esm/icons/save-icon";
import { useTranslation } from "react-i18next";
import type { Filter, ListState } from "./list-state";
import { Menu } from "./Menu";
import { useRemembered } from "./remembered";

/** What a list can be sorted by. */
export interface Order {
  label: string;
  sort?: string;
}

interface Saved {
  filters: Record<string, string>;
  sort?: string;
}

/** Whether two are the same: the order in which the filters were chosen does not matter. */
function isSame(one: Saved, other: Saved): boolean {
  const keys = Object.keys(one.filters);
  return (
    (one.sort ?? "") === (other.sort ?? "") &&
    keys.length === Object.keys(other.filters).length &&
    keys.every((key) => one.filters[key] === other.filters[key])
  );
}

/** A set by what its filters and its order are called on the page. */
function useNames(filters: Filter[], orders: Order[]): (saved: Saved) => string {
  const { t } = useTranslation();
  return ({ filters: values, sort = "" }) => {
    const parts = Object.entries(values).map(([key, value]) => {
      const filter = filters.find((one) => one.key === key);
      const shown = filter?.options?.find((option) => option.value === value)?.label ?? value;
      return filter ? `${filter.label}: ${shown}` : shown;
    });
    const order = orders.find((one) => one.sort && one.sort === sort.replace(/^-/, ""));
    const said =
      order && t(sort.startsWith("-") ? "table.descending" : "table.ascending", { name: order.label });
    return [...parts, ...(said ? [said] : [])].join(" · ");
  };
}

export function SavedFilters({
  id,
  filters,
  orders,
  state,
}: {
  id: string;
  filters: Filter[];
  orders: Order[];
  state: ListState;
}) {
  const { t } = useTranslation();
  const [saved, setSaved] = useRemembered<Saved[]>(`filters.${id}`, []);
  const nameOf = useNames(filters, orders);
  const now = { filters: state.filters, sort: state.sort };
  const isFiltered = Object.keys(state.filters).length > 0;
  const isSaved = saved.some((one) => isSame(one, now));
  return (
    <Menu button={{ variant: "plain", "aria-label": t("table.savedFilters"), icon: <SaveIcon /> }}>
      <DropdownList>
        {saved.map((one) => (
          <DropdownItem key={JSON.stringify(one)} onClick={() => state.setFilters(one.filters, one.sort)}>
            {nameOf(one)}
          </DropdownItem>
        ))}
        {saved.length === 0 && <DropdownItem isDisabled>{t("table.noSavedFilters")}</DropdownItem>}
        <Divider component="li" />
        <DropdownItem isDisabled={!isFiltered || isSaved} onClick={() => setSaved([...saved, now])}>
          {t("table.saveFilters")}
        </DropdownItem>
        <DropdownItem
          isDisabled={!isSaved}
          onClick={() => setSaved(saved.filter((one) => !isSame(one, now)))}
        >
          {t("table.forgetFilters")}
        </DropdownItem>
      </DropdownList>
    </Menu>
  );
}
