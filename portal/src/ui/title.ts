/** The title of the document: all that is open, from the innermost to the console itself. */

import { useEffect } from "react";

/** A page; a part of it, as a project has them; one thing in that; a tab of it. */
const LEVELS = ["page", "part", "thing", "tab"] as const;

const texts = new Map<string, string>();

function write(): void {
  const open = LEVELS.flatMap((level) => texts.get(level) || []).reverse();
  document.title = [...open, "Minato"].join(" · ");
}

/** Says what is open on a level, for as long as it is; nothing for an empty text. */
export function useTitle(level: (typeof LEVELS)[number], text: string): void {
  useEffect(() => {
    texts.set(level, text);
    write();
    return () => {
      texts.delete(level);
      write();
    };
  }, [level, text]);
}
