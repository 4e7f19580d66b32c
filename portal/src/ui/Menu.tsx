/** A button that opens a menu, and has the focus again when something was chosen: a dialog gives it back there. */

import { Dropdown, type DropdownProps, MenuToggle, type MenuToggleProps } from "@patternfly/react-core";
import { type ReactNode, useState } from "react";

interface Props extends Omit<DropdownProps, "toggle" | "children"> {
  /** How the button looks and what it is called; its children stand on it. */
  button: Omit<MenuToggleProps, "ref" | "isExpanded" | "onClick">;
  /** What has to be there before the menu opens. */
  prepare?: () => Promise<unknown>;
  children: ReactNode;
}

export function Menu({ button, prepare, children, ...dropdown }: Props) {
  const [open, setOpen] = useState(false);
  const toggle = async () => {
    await prepare?.();
    setOpen((now) => !now);
  };
  return (
    <Dropdown
      {...dropdown}
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      shouldFocusToggleOnSelect
      toggle={(ref) => (
        <MenuToggle
          {...button}
          ref={ref}
          isExpanded={open}
          onClick={prepare ? toggle : () => setOpen(!open)}
        />
      )}
    >
      {open && children}
    </Dropdown>
  );
}
