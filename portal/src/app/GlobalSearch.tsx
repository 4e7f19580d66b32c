/** The search in the bar, reached from anywhere with `/`. */

import { SearchInput } from "@patternfly/react-core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

export function GlobalSearch() {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { text: known } = useSearch({ strict: false }) as { text?: unknown };
  const [text, setText] = useState(String(known ?? ""));
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);
  const search = () => {
    if (text.trim()) navigate({ to: "/search", search: { text: text.trim() } as never });
  };
  return (
    <SearchInput
      ref={input}
      aria-label={t("shell.search")}
      placeholder={t("shell.search")}
      title={t("shell.searchHint")}
      value={text}
      onChange={(_, value) => setText(value)}
      onSearch={search}
      onClear={() => setText("")}
    />
  );
}
