/**
 * A table of what the server lists, page by page: it sorts, filters and pages there, so that it is as
 * quick with 100,000 rows as with ten.
 */

import { Checkbox, Skeleton } from "@patternfly/react-core";
import { type IAction, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { type ReactNode, useEffect, useId } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, type Page } from "~/api/client";
import { usePreferences } from "~/app/preferences";
import type { CardView } from "./Cards";
import type { Filter, ListState } from "./list-state";
import { RowMenu } from "./RowMenu";
import { useRemembered } from "./remembered";
import { type Selected, type Selection, selectedOf, useOnlyShown } from "./selection";
import { Failed } from "./states";
import { Pages, Toolbar } from "./Toolbar";

export type { Selection };

export interface Column<T> {
  key: string;
  label: string;
  render: (row: T) => ReactNode;
  /** The field to sort by, as the API knows it. */
  sort?: string;
  /** Shown only when chosen. */
  hidden?: boolean;
  /** A width in per cent, of the steps that the library has. */
  width?: 10 | 15 | 20 | 25 | 30 | 35 | 40 | 45 | 50 | 60 | 70 | 80 | 90;
  /** `nowrap` for what is short, `truncate` for what may be long. */
  modifier?: "nowrap" | "truncate" | "fitContent" | "breakWord";
}

/** What a list's query gives: TanStack's result fits. */
interface Listed<T> {
  data: Page<T> | undefined;
  error: unknown;
  isPlaceholderData?: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  /** Names the table among all, for what is remembered of it. */
  id: string;
  /** What the table holds, for screen readers. */
  label: string;
  columns: Column<T>[];
  list: Listed<T>;
  state: ListState;
  rowKey: (row: T) => string | number;
  /** How a row is called in its controls' labels. */
  rowName: (row: T) => string;
  filters?: Filter[];
  /** What to say when there is nothing at all. */
  empty: ReactNode;
  selection?: Selection<T>;
  /** What can be done with a row; an empty list hides the menu. */
  actions?: (row: T) => IAction[];
  /** Where rows can also be seen as cards: `cardsOf` what a card shows. */
  cards?: CardView<T>;
  /** Buttons over the table. */
  toolbar?: ReactNode;
}

/** Whether what was read before may no longer be seen, or is no more. */
function isGone(error: unknown): boolean {
  return error instanceof ApiError && [403, 404].includes(error.status);
}

/** Goes to the last page from beyond it, as when all rows of the last one were deleted. */
export function useLastPage<T>({ data, isPlaceholderData }: Listed<T>, state: ListState): void {
  const isBeyond = data && !isPlaceholderData && data.items.length === 0 && state.page > 1;
  const last = Math.max(1, Math.ceil((data?.total ?? 0) / state.pageSize));
  useEffect(() => {
    if (isBeyond && last < state.page) state.setPage(last, true);
  }, [isBeyond, last, state]);
}

export function DataTable<T>(props: Props<T>) {
  const { id, columns, list, state, filters = [], empty, toolbar, cards, selection } = props;
  const [isCards, setCards] = useRemembered(`cards.${id}`, false);
  const [toggled, setToggled] = useRemembered<string[]>(`columns.${id}`, []);
  const isShown = (column: Column<T>) => Boolean(column.hidden) === toggled.includes(column.key);
  const shown = columns.filter(isShown);
  const toggle = (key: string) =>
    setToggled(toggled.includes(key) ? toggled.filter((one) => one !== key) : [...toggled, key]);
  const total = list.data?.total ?? 0;
  const isEmpty = list.data && total === 0;
  useLastPage(list, state);
  useOnlyShown(selection, list.data?.items ?? [], props.rowKey);
  const isFiltered = Object.keys(state.filters).length > 0;
  if (isEmpty && !list.error && !isFiltered && state.page === 1) return <>{empty}</>;
  const showsCards = cards !== undefined && isCards;
  const rows = list.data?.items;
  const selected = selection && selectedOf(selection, rows ?? [], props.rowKey);
  const showsRows = list.error ? list.data !== undefined && !isGone(list.error) : true;
  return (
    <div className="minato-list">
      <Toolbar
        id={id}
        filters={filters}
        state={state}
        columns={showsCards ? [] : columns.map((column) => ({ ...column, shown: isShown(column) }))}
        orders={columns}
        toggleColumn={toggle}
        total={total}
      >
        {/* An empty list has its buttons elsewhere: until it is known, a click could meet one that goes. */}
        <div style={{ display: "contents", visibility: list.data || list.error ? undefined : "hidden" }}>
          {toolbar}
        </div>
        {cards?.choice({ isCards, choose: setCards, columns, state })}
      </Toolbar>
      {Boolean(list.error) && <Failed error={list.error} retry={() => list.refetch()} />}
      {showsRows && showsCards && cards.list({ ...props, rows, selected })}
      {showsRows && !showsCards && (
        <div className="minato-table">
          <Rows {...props} columns={shown} selected={selected} />
        </div>
      )}
      {showsRows && total > state.pageSize && <Pages total={total} state={state} />}
    </div>
  );
}

function Rows<T>({
  label,
  columns,
  list,
  state,
  rowKey,
  rowName,
  selected,
  actions,
}: Props<T> & { selected: Selected<T> | undefined }) {
  const { t } = useTranslation();
  const id = useId();
  const { compact } = usePreferences();
  const rows = list.data?.items;
  const width = columns.length + (selected ? 1 : 0) + (actions ? 1 : 0);
  return (
    <Table
      aria-label={label}
      variant={compact ? "compact" : undefined}
      aria-busy={!rows || list.isPlaceholderData}
    >
      <Thead>
        <Tr>
          {selected && (
            <Th className="pf-v6-c-table__check">
              <Checkbox id={`${id}-all`} aria-label={t("table.selectPage")} {...selected.all} />
            </Th>
          )}
          {columns.map((column) => (
            <Th
              key={column.key}
              width={column.width}
              modifier={column.modifier === "truncate" ? "truncate" : "nowrap"}
              {...sorting(column, columns, state)}
            >
              {column.label}
            </Th>
          ))}
          {actions && <Th className="minato-actions" screenReaderText={t("table.actions")} />}
        </Tr>
      </Thead>
      <Tbody>
        {!rows && <Placeholders width={width} />}
        {rows?.map((row, index) => (
          <Tr key={rowKey(row)}>
            {selected && (
              <Td className="pf-v6-c-table__check">
                <Checkbox
                  id={`${id}-${index}`}
                  aria-label={t("table.selectRow", { name: rowName(row) })}
                  {...selected.of(row)}
                />
              </Td>
            )}
            {columns.map((column) => (
              <Td key={column.key} dataLabel={column.label} modifier={column.modifier}>
                {column.render(row)}
              </Td>
            ))}
            {actions && <RowActions items={actions(row)} name={rowName(row)} />}
          </Tr>
        ))}
        {rows?.length === 0 && (
          <Tr>
            <Td colSpan={width} className="minato-quiet">
              {t("table.nothingFound")}
            </Td>
          </Tr>
        )}
      </Tbody>
    </Table>
  );
}

/** The cell with a row's menu; `name` is how the row is called. */
export function RowActions(props: { items: IAction[]; name: string }) {
  return (
    <Td isActionCell>
      <RowMenu {...props} />
    </Td>
  );
}

function Placeholders({ width }: { width: number }) {
  const { t } = useTranslation();
  return ["a", "b", "c"].map((row) => (
    <Tr key={row}>
      <Td colSpan={width}>
        <Skeleton screenreaderText={t("loading")} />
      </Td>
    </Tr>
  ));
}

function sorting<T>(column: Column<T>, columns: Column<T>[], state: ListState) {
  if (!column.sort) return {};
  const field = state.sort.replace(/^-/, "");
  return {
    sort: {
      columnIndex: columns.indexOf(column),
      sortBy: {
        ...(field && { index: columns.findIndex(({ sort }) => sort === field) }),
        direction: state.sort.startsWith("-") ? ("desc" as const) : ("asc" as const),
      },
      onSort: (_: unknown, _index: number, direction: "asc" | "desc") =>
        state.setSort(direction === "desc" ? `-${column.sort}` : (column.sort ?? "")),
    },
  };
}
