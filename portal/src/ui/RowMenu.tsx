/** The menu of a row of a list; `name` is how the row is called. */

import { MenuToggle } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { ActionsColumn, type IAction } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";

export function RowMenu({ items, name }: { items: IAction[]; name: string }) {
  const { t } = useTranslation();
  if (items.length === 0) return null;
  return (
    <ActionsColumn
      items={items}
      // Beside the list, which cuts off what sticks out of it.
      popperProps={{ position: "right", appendTo: () => document.body }}
      actionsToggle={({ onToggle, isOpen, toggleRef }) => (
        <MenuToggle
          ref={toggleRef}
          variant="plain"
          icon={<EllipsisVIcon />}
          aria-label={t("table.actionsOf", { name })}
          isExpanded={isOpen}
          onClick={onToggle}
        />
      )}
    />
  );
}
