/** The menu of a row of a list; `name` is how the row is called. */

import { MenuToggle } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { ActionsColumn, type IAction } from "@patternfly/react-table";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

export function RowMenu({ items, name }: { items: IAction[]; name: string }) {
  const { t } = useTranslation();
  const place = useRef<HTMLSpanElement>(null);
  if (items.length === 0) return null;
  return (
    <span ref={place}>
      <ActionsColumn
        items={items.map((item) => focusing(item, place))}
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
    </span>
  );
}

/** Puts the focus back on the menu's button first: there a dialog that the item opens gives it back. */
function focusing(item: IAction, place: React.RefObject<HTMLElement | null>): IAction {
  return {
    ...item,
    onClick: (...event) => {
      place.current?.querySelector("button")?.focus();
      item.onClick?.(...event);
    },
  };
}
