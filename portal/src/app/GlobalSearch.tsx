/** The search in the bar, reached from anywhere with `/`, and the command palette with Ctrl+K or ⌘K. */

import { useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Finder } from "./find/Finder";

const Palette = lazy(() => import("./find/Palette"));

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function GlobalSearch() {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  // Other pages may have a text of their own in their address.
  const text = useLocation({
    select: ({ pathname, search }) =>
      pathname === "/search" ? (search as { text?: unknown }).text : undefined,
  });
  const [isPalette, setPalette] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isCommand = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      const isSearch = event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey;
      if (isCommand && !event.altKey && !event.shiftKey) setPalette(true);
      else if (isSearch) {
        input.current?.focus();
        input.current?.select();
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <Finder
        label={t("shell.search")}
        initial={text === undefined ? "" : String(text)}
        inputRef={input}
        search={(wanted) => navigate({ to: "/search", search: { text: wanted } })}
        done={() => input.current?.blur()}
      />
      <Suspense>{isPalette && <Palette close={() => setPalette(false)} />}</Suspense>
    </>
  );
}
