/** All that can be given, to be ticked: a line per resource, a column per action. */

import { Checkbox } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { actionsOf, matrix } from "./permissions";
import type { Permission } from "./queries";
import { useWords } from "./words";

interface Props {
  kind: "project" | "system";
  catalogue: Permission[];
  value: string[];
  change: (value: string[]) => void;
}

export function Matrix({ kind, catalogue, value, change }: Props) {
  const { t } = useTranslation("robots");
  const words = useWords(kind);
  const actions = actionsOf(catalogue);
  return (
    <Table aria-label={t("matrix")} variant="compact" borders={false}>
      <Thead>
        <Tr>
          <Th>{t("resourceHead")}</Th>
          {actions.map((action) => (
            <Th key={action} textCenter modifier="fitContent">
              {words.action(action)}
            </Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {matrix(catalogue).map((line) => (
          <Line key={line.resource} {...line} kind={kind} columns={actions} value={value} change={change} />
        ))}
      </Tbody>
    </Table>
  );
}

function Line({
  kind,
  resource,
  actions,
  columns,
  value,
  change,
}: Omit<Props, "catalogue"> & { resource: string; actions: string[]; columns: string[] }) {
  const { t } = useTranslation("robots");
  const id = useId();
  const words = useWords(kind);
  const pairs = actions.map((action) => `${resource}:${action}`);
  const chosen = pairs.filter((pair) => value.includes(pair)).length;
  const without = value.filter((pair) => !pairs.includes(pair));
  const toggle = (pair: string, on: boolean) =>
    change(on ? [...value, pair] : value.filter((one) => one !== pair));
  return (
    <Tr>
      <Td>
        <Checkbox
          id={id}
          label={words.heading(resource)}
          isChecked={chosen === pairs.length ? true : chosen === 0 ? false : null}
          onChange={() => change(chosen === pairs.length ? without : [...without, ...pairs])}
        />
      </Td>
      {columns.map((action) => {
        const pair = `${resource}:${action}`;
        return (
          <Td key={action} textCenter>
            {actions.includes(action) && (
              <Checkbox
                id={`${id}-${action}`}
                aria-label={t("cell", { resource: words.heading(resource), action: words.action(action) })}
                isChecked={value.includes(pair)}
                onChange={(_, on) => toggle(pair, on)}
              />
            )}
          </Td>
        );
      })}
    </Tr>
  );
}
