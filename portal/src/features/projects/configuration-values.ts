/** A project's settings as a form holds them, and as the API takes them. */

import type { Schemas } from "~/api/client";
import { dayOf, momentOf } from "./allowlist";
import type { Project } from "./queries";

/** Harbor's words, the mildest first; `none` is any vulnerability at all. */
export const SEVERITIES = ["none", "low", "medium", "high", "critical"] as const;

export interface Values {
  public: boolean;
  auto_scan: boolean;
  prevent_vul: boolean;
  severity: string;
  cosign: boolean;
  notation: boolean;
  allowlist: "system" | "own";
  ids: string[];
  /** The last day on which the list counts; empty for ever. */
  until: string;
  /** The very moment that it had before, in seconds. */
  expires: number | null;
}

export function valuesOf({ metadata, cve_allowlist: list }: Project): Values {
  const isOn = (value: string | undefined) => value === "true";
  return {
    public: isOn(metadata.public),
    auto_scan: isOn(metadata.auto_scan),
    prevent_vul: isOn(metadata.prevent_vul),
    severity: metadata.severity || "none",
    cosign: isOn(metadata.enable_content_trust_cosign),
    notation: isOn(metadata.enable_content_trust),
    // The system's list counts unless a project says that it does not.
    allowlist: metadata.reuse_sys_cve_allowlist === "false" ? "own" : "system",
    ids: list?.items?.flatMap(({ cve_id }) => cve_id ?? []) ?? [],
    until: dayOf(list?.expires_at),
    expires: list?.expires_at ?? null,
  };
}

/** What is sent: the project's own list only where it counts, so that it stays for later where not. */
export function requestOf(values: Values): Schemas["ProjectReq"] {
  return {
    metadata: {
      public: String(values.public),
      auto_scan: String(values.auto_scan),
      prevent_vul: String(values.prevent_vul),
      severity: values.severity,
      enable_content_trust_cosign: String(values.cosign),
      enable_content_trust: String(values.notation),
      reuse_sys_cve_allowlist: String(values.allowlist === "system"),
    },
    ...(values.allowlist === "own" && {
      cve_allowlist: {
        items: values.ids.map((cve_id) => ({ cve_id })),
        expires_at: momentOf(values.until, values.expires),
      },
    }),
  };
}
