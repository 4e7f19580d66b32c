/** A job's log, read again while the job runs. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { text } from "~/api/client";
import { Failed, Loading } from "./states";

/** How often what is running is read again, in milliseconds. */
export const LIVE = 2000;

export function LogView({ path, live }: { path: string; live: boolean }) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const { data, error, refetch } = useQuery({
    // Read once more when the job has ended: its last words came after the last look.
    queryKey: ["log", path, live],
    queryFn: () => text(path),
    placeholderData: (before) => before,
    refetchInterval: live ? LIVE : false,
  });
  useEffect(() => {
    if (live && data) end.current?.scrollIntoView({ block: "nearest" });
  }, [live, data]);
  if (error) return <Failed error={error} retry={refetch} />;
  if (data === undefined) return <Loading />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className="minato-log" tabIndex={0} aria-label={t("log")}>
      <pre>{data || t("logEmpty")}</pre>
      <div ref={end} />
    </section>
  );
}
