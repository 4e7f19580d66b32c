/** A link to an address of this console that is known as a whole, encoded as it has to be. */

import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

export function AddressLink({ to, children }: { to: string; children: ReactNode }) {
  const { history } = useRouter();
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.push(to);
  };
  return (
    <a href={to} onClick={follow}>
      {children}
    </a>
  );
}
