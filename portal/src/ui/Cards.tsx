/**
 * The rows of a list as cards beside each other, with what the table has for each: its box and its menu.
 * A list that can be seen so brings this along; others load nothing of it.
 */

import {
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  Checkbox,
  MenuToggle,
  Select,
  SelectList,
  SelectOption,
  ToggleGroup,
  ToggleGroupItem,
  ToolbarItem,
} from "@patternfly/react-core";
import ListIcon from "@patternfly/react-icons/dist/esm/icons/list-icon";
import SortAmountDownIcon from "@patternfly/react-icons/dist/esm/icons/sort-amount-down-icon";
import ThLargeIcon from "@patternfly/react-icons/dist/esm/icons/th-large-icon";
import type { IAction } from "@patternfly/react-table";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListState } from "./list-state";
import { RowMenu } from "./RowMenu";
import type { Selected } from "./selection";
import { Loading } from "./states";

/** What a card shows of a row. */
interface CardContent {
  title: ReactNode;
  body: ReactNode;
}

interface Listed<T> {
  label: string;
  rows: T[] | undefined;
  rowKey: (row: T) => string | number;
  rowName: (row: T) => string;
  selected?: Selected<T>;
  actions?: (row: T) => IAction[];
}

interface Choice {
  isCards: boolean;
  choose: (cards: boolean) => void;
  /** The columns of the table: by those that it sorts by cards are sorted, too. */
  columns: readonly { label: string; sort?: string }[];
  state: Pick<ListState, "sort" | "setSort">;
}

/** What `DataTable` shows of cards. */
export interface CardView<T> {
  list: (listed: Listed<T>) => ReactNode;
  choice: (choice: Choice) => ReactNode;
}

/** For lists that can be seen as cards: what a card shows of a row. */
export function cardsOf<T>(card: (row: T) => CardContent): CardView<T> {
  return {
    list: (listed) => <Cards {...listed} card={card} />,
    choice: (choice) => (
      <>
        {choice.isCards && <SortChoice {...choice} />}
        <ViewChoice {...choice} />
      </>
    ),
  };
}

function Cards<T>({
  label,
  rows,
  card,
  rowKey,
  rowName,
  selected,
  actions,
}: Listed<T> & { card: (row: T) => CardContent }) {
  const { t } = useTranslation();
  const id = useId();
  if (!rows) return <Loading />;
  if (rows.length === 0) return <p className="minato-quiet">{t("table.nothingFound")}</p>;
  return (
    <ul className="minato-cards" aria-label={label}>
      {rows.map((row, index) => {
        const { title, body } = card(row);
        return (
          <Card key={rowKey(row)} component="li" isCompact>
            <CardHeader
              actions={{
                actions: actions && <RowMenu items={actions(row)} name={rowName(row)} />,
                hasNoOffset: true,
              }}
            >
              <CardTitle component="h2">
                {selected && (
                  <Checkbox
                    id={`${id}-${index}`}
                    aria-label={t("table.selectRow", { name: rowName(row) })}
                    {...selected.of(row)}
                  />
                )}
                {title}
              </CardTitle>
            </CardHeader>
            <CardBody>{body}</CardBody>
          </Card>
        );
      })}
    </ul>
  );
}

/** By what cards are sorted, which have no heads of columns for that. */
function SortChoice({ columns, state }: Pick<Choice, "columns" | "state">) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const sorts = columns.flatMap(({ label: name, sort }) =>
    sort
      ? [
          { value: sort, label: t("table.ascending", { name }) },
          { value: `-${sort}`, label: t("table.descending", { name }) },
        ]
      : [],
  );
  const chosen = sorts.find(({ value }) => value === state.sort);
  if (sorts.length === 0) return null;
  return (
    <ToolbarItem>
      <Select
        isOpen={open}
        onOpenChange={setOpen}
        selected={state.sort}
        onSelect={(_, sort) => {
          state.setSort(String(sort));
          setOpen(false);
        }}
        shouldFocusToggleOnSelect
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            isExpanded={open}
            onClick={() => setOpen(!open)}
            icon={<SortAmountDownIcon />}
          >
            {chosen ? t("table.sortedBy", { order: chosen.label }) : t("table.sort")}
          </MenuToggle>
        )}
      >
        <SelectList aria-label={t("table.sort")}>
          {sorts.map(({ value, label }) => (
            <SelectOption key={value} value={value} isSelected={value === state.sort}>
              {label}
            </SelectOption>
          ))}
        </SelectList>
      </Select>
    </ToolbarItem>
  );
}

/** Whether a list is seen as a table or as cards. */
function ViewChoice({ isCards, choose }: Pick<Choice, "isCards" | "choose">) {
  const { t } = useTranslation();
  return (
    <ToolbarItem>
      <ToggleGroup isCompact aria-label={t("table.view")}>
        <ToggleGroupItem
          buttonId="as-table"
          icon={<ListIcon />}
          aria-label={t("table.asTable")}
          isSelected={!isCards}
          onChange={() => choose(false)}
        />
        <ToggleGroupItem
          buttonId="as-cards"
          icon={<ThLargeIcon />}
          aria-label={t("table.asCards")}
          isSelected={isCards}
          onChange={() => choose(true)}
        />
      </ToggleGroup>
    </ToolbarItem>
  );
}
