/** The rows of a list as cards beside each other, with what the table has for each: its box and its menu. */

import { Card, CardBody, CardHeader, CardTitle, Checkbox } from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { RowMenu } from "./RowMenu";
import type { Selected } from "./selection";
import { Loading } from "./states";

/** What a card shows of a row. */
export interface CardContent {
  title: ReactNode;
  body: ReactNode;
}

export function Cards<T>({
  label,
  rows,
  card,
  rowKey,
  rowName,
  selected,
  actions,
}: {
  label: string;
  rows: T[] | undefined;
  card: (row: T) => CardContent;
  rowKey: (row: T) => string | number;
  rowName: (row: T) => string;
  selected?: Selected<T>;
  actions?: (row: T) => IAction[];
}) {
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
