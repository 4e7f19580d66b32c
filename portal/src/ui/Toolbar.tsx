/** What stands over a table: search, filters with their saved sets, columns, actions, pages. */

import {
  Button,
  Label,
  MenuToggle,
  Pagination,
  Toolbar as PfToolbar,
  Select,
  SelectList,
  SelectOption,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import ColumnsIcon from "@patternfly/react-icons/dist/esm/icons/columns-icon";
import FilterIcon from "@patternfly/react-icons/dist/esm/icons/filter-icon";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Filter, type ListState, PAGE_SIZES } from "./list-state";
import { LabelGroup } from "./patternfly/LabelGroup";
import { type Order, SavedFilters } from "./SavedFilters";
import { SearchField } from "./SearchField";

/** How long after the last key a text is searched for, in milliseconds. */
const PAUSE = 300;

function TextFilter({ filter, state }: { filter: Filter; state: ListState }) {
  const known = state.filters[filter.key] ?? "";
  const [text, setText] = useState(known);
  // What was asked for last: when the address has it, more may have been typed.
  const asked = useRef(known);
  useEffect(() => {
    if (known === asked.current) return;
    asked.current = known;
    setText(known);
  }, [known]);
  useEffect(() => {
    if (text === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = text;
      state.setFilters({ ...state.filters, [filter.key]: text });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [text, state, filter.key]);
  return <SearchField label={filter.label} value={text} change={setText} />;
}

function ChoiceFilter({ filter, state }: { filter: Filter; state: ListState }) {
  const [open, setOpen] = useState(false);
  const value = state.filters[filter.key];
  const chosen = filter.options?.find((option) => option.value === value);
  return (
    <Select
      isOpen={open}
      onOpenChange={setOpen}
      selected={value}
      onSelect={(_, picked) => {
        state.setFilters({ ...state.filters, [filter.key]: picked === value ? "" : String(picked) });
        setOpen(false);
      }}
      toggle={(ref) => (
        <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)} icon={<FilterIcon />}>
          {chosen ? `${filter.label}: ${chosen.label}` : filter.label}
        </MenuToggle>
      )}
    >
      <SelectList aria-label={filter.label}>
        {filter.options?.map((option) => (
          <SelectOption key={option.value} value={option.value} isSelected={option.value === value}>
            {option.label}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}

export interface ColumnChoice {
  key: string;
  label: string;
  shown: boolean;
}

function Columns({ columns, toggle }: { columns: ColumnChoice[]; toggle: (key: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Select
      role="menu"
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, key) => toggle(String(key))}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          aria-label={t("table.columns")}
          isExpanded={open}
          onClick={() => setOpen(!open)}
          icon={<ColumnsIcon />}
        />
      )}
    >
      <SelectList>
        {columns.map((column) => (
          <SelectOption key={column.key} value={column.key} hasCheckbox isSelected={column.shown}>
            {column.label}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  );
}

export function Pages({ total, state, top }: { total: number; state: ListState; top?: boolean }) {
  const { t } = useTranslation();
  return (
    <Pagination
      isCompact={top}
      variant={top ? "top" : "bottom"}
      itemCount={total}
      page={state.page}
      perPage={state.pageSize}
      perPageOptions={PAGE_SIZES.map((value) => ({ title: String(value), value }))}
      onSetPage={(_, page) => state.setPage(page)}
      onPerPageSelect={(_, size) => state.setPageSize(size)}
      titles={{
        items: "",
        itemsPerPage: t("table.perPage"),
        perPageSuffix: t("table.perPageSuffix"),
        paginationAriaLabel: t(top ? "table.pagesTop" : "table.pages"),
        toFirstPageAriaLabel: t("table.first"),
        toPreviousPageAriaLabel: t("table.previous"),
        toNextPageAriaLabel: t("table.next"),
        toLastPageAriaLabel: t("table.last"),
        currPageAriaLabel: t("table.page"),
        optionsToggleAriaLabel: t("table.perPage"),
        ofWord: t("table.of"),
      }}
    />
  );
}

/** What the list is filtered by, each to be taken away, or all at once. */
function Chosen({ filters, state }: { filters: Filter[]; state: ListState }) {
  const { t } = useTranslation();
  const chosen = filters.filter(({ key }) => state.filters[key]);
  if (chosen.length === 0) return null;
  return (
    <ToolbarContent>
      <ToolbarGroup variant="label-group">
        {chosen.map(({ key, label, options }) => {
          const value = state.filters[key];
          return (
            <ToolbarItem key={key}>
              <LabelGroup categoryName={label}>
                <Label
                  variant="outline"
                  closeBtnAriaLabel={t("table.removeFilter", { name: label })}
                  onClose={() => state.setFilters({ ...state.filters, [key]: "" })}
                >
                  {options?.find((option) => option.value === value)?.label ?? value}
                </Label>
              </LabelGroup>
            </ToolbarItem>
          );
        })}
        <ToolbarItem>
          <Button variant="link" isInline onClick={() => state.setFilters({})}>
            {t("table.clearFilters")}
          </Button>
        </ToolbarItem>
      </ToolbarGroup>
    </ToolbarContent>
  );
}

export function Toolbar({
  id,
  filters,
  state,
  columns,
  orders = [],
  toggleColumn,
  total,
  children,
}: {
  id: string;
  filters: Filter[];
  state: ListState;
  columns: ColumnChoice[];
  /** By what it can be sorted, whether or not that is seen. */
  orders?: Order[];
  toggleColumn: (key: string) => void;
  total: number;
  children?: ReactNode;
}) {
  return (
    <PfToolbar inset={{ default: "insetNone" }}>
      <ToolbarContent>
        {filters.length > 0 && (
          <ToolbarGroup variant="filter-group">
            {filters.map((filter) => (
              <ToolbarItem key={filter.key}>
                {filter.options ? (
                  <ChoiceFilter filter={filter} state={state} />
                ) : (
                  <TextFilter filter={filter} state={state} />
                )}
              </ToolbarItem>
            ))}
            <SavedFilters id={id} filters={filters} orders={orders} state={state} />
          </ToolbarGroup>
        )}
        {children && <ToolbarGroup variant="action-group">{children}</ToolbarGroup>}
        <ToolbarGroup align={{ default: "alignEnd" }} className="minato-toolbar-end">
          {columns.length > 0 && (
            <ToolbarItem>
              <Columns columns={columns} toggle={toggleColumn} />
            </ToolbarItem>
          )}
          <ToolbarItem variant="pagination">
            <Pages total={total} state={state} top />
          </ToolbarItem>
        </ToolbarGroup>
      </ToolbarContent>
      <Chosen filters={filters} state={state} />
    </PfToolbar>
  );
}

/** A button of the toolbar that acts on what is selected. */
export function BulkButton({
  label,
  count,
  danger,
  onClick,
}: {
  label: string;
  count: number;
  danger?: boolean;
  onClick: () => void;
}) {
  return (
    <ToolbarItem>
      <Button
        variant={danger ? "danger" : "secondary"}
        isDisabled={count === 0}
        onClick={onClick}
        countOptions={count > 0 ? { isRead: true, count, className: "minato-count" } : undefined}
      >
        {label}
      </Button>
    </ToolbarItem>
  );
}
