/** The types of jobs, by the API's words, and where in this console what they do is set. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

const KINDS = [
  "EXECUTION_SWEEP",
  "FSCK",
  "GARBAGE_COLLECTION",
  "IMAGE_SCAN",
  "PURGE_AUDIT_LOG",
  "RETENTION",
  "SCAN_ALL",
  "SCHEDULER",
  "SCRUB",
  "SLACK",
  "SYSTEM_CLEANUP",
  "WEBHOOK",
] as const;

/** A type's name in words; its own where we have none. */
export function useKindName(): (kind: string) => string {
  const { t } = useTranslation("jobs");
  return useCallback(
    (kind) => {
      const known = KINDS.find((one) => one === kind);
      return known ? t(`kind.${known}`) : kind;
    },
    [t],
  );
}

/** The page on which the schedule of a type is changed, where there is one. */
export function pageOf(kind: string): { to: "/admin/cleanup" | "/admin/scanners"; tab?: string } | null {
  switch (kind) {
    case "GARBAGE_COLLECTION":
      return { to: "/admin/cleanup" };
    case "PURGE_AUDIT_LOG":
      return { to: "/admin/cleanup", tab: "audit-log" };
    case "FSCK":
      return { to: "/admin/cleanup", tab: "check" };
    case "SCRUB":
      return { to: "/admin/cleanup", tab: "scrub" };
    case "SCAN_ALL":
      return { to: "/admin/scanners", tab: "vulnerability" };
    default:
      return null;
  }
}
