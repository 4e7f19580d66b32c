/** What stands over a table: search, filters with their saved sets, columns, actions, pages. */

import {
  Button,
  Divider,
  DropdownItem,
  DropdownList,
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
import SaveIcon from "@patternfly/react-icons/dist/esm/icons/save-icon";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Filter, type ListState, PAGE_SIZES } from "./list-state";
import { Menu } from "./Menu";
import { LabelGroup } from "./patternfly/LabelGroup";
import { useRemembered } from "./remembered";
import { SearchField } from "./SearchField";

/** How long after the last key a text is searched for, in milliseconds. */
const PAUSE = 300;

function TextFilter({ filter, state }: { filter: Filter; state: ListState }) {
  const known = state.filters[filter.key] ?? "";
  const [text, setText] = useState(known);
  useEffect(() => setText(known), [known]);
  useEffect(() => {
    if (text === known) return;
    const timer = setTimeout(() => state.setFilters({ ...state.filters, [filter.key]: text }), PAUSE);
    return () => clearTimeout(timer);
  }, [text, known, state, filter.key]);
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

interface Saved {
  name: string;
  filters: Record<string, string>;
}

function SavedFilters({ id, state }: { id: string; state: ListState }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useRemembered<Saved[]>(`filters.${id}`, []);
  const name = Object.values(state.filters).join(" · ");
  const isNew = name && !saved.some((one) => one.name === name);
  return (
    <Menu button={{ variant: "plain", "aria-label": t("table.savedFilters"), icon: <SaveIcon /> }}>
      <DropdownList>
        {saved.map((one) => (
          <DropdownItem key={one.name} onClick={() => state.setFilters(one.filters)}>
            {one.name}
          </DropdownItem>
        ))}
        {saved.length === 0 && <DropdownItem isDisabled>{t("table.noSavedFilters")}</DropdownItem>}
        <Divider component="li" />
        <DropdownItem
          isDisabled={!isNew}
          onClick={() => setSaved([...saved, { name, filters: state.filters }])}
        >
          {t("table.saveFilters")}
        </DropdownItem>
        <DropdownItem
          isDisabled={!name || Boolean(isNew)}
          onClick={() => setSaved(saved.filter((one) => one.name !== name))}
        >
          {t("table.forgetFilters")}
        </DropdownItem>
      </DropdownList>
    </Menu>
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
  toggleColumn,
  total,
  children,
}: {
  id: string;
  filters: Filter[];
  state: ListState;
  columns: ColumnChoice[];
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
            <SavedFilters id={id} state={state} />
          </ToolbarGroup>
        )}
        {children && <ToolbarGroup variant="action-group">{children}</ToolbarGroup>}
        {columns.length > 0 && (
          <ToolbarItem>
            <Columns columns={columns} toggle={toggleColumn} />
          </ToolbarItem>
        )}
        <ToolbarItem variant="pagination" align={{ default: "alignEnd" }}>
          <Pages total={total} state={state} top />
        </ToolbarItem>
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
        countOptions={count > 0 ? { isRead: true, count } : undefined}
      >
        {label}
      </Button>
    </ToolbarItem>
  );
}
