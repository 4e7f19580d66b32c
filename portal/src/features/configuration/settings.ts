/** The settings by subject, each with the kind of its value. Texts for them are under the same names. */

import type { Changes, Items } from "./queries";

export type Key = keyof Changes;
export type Value = string | number | boolean;
export type Values = Partial<Record<Key, Value>>;

/** What a setting holds, and with that how it is shown. */
export type Kind =
  | { is: "switch" }
  /** A switch for what the API has a name of the opposite for. */
  | { is: "inverse" }
  | { is: "text" | "secret" | "rows" | "json" | "endpoint" }
  | { is: "name" }
  | { is: "number"; least: number; most: number }
  | { is: "choice"; options: readonly string[]; numeric?: boolean }
  | { is: "events" }
  | { is: "banner" };

export interface Setting<K extends Key = Key> {
  key: K;
  kind: Kind;
}

const text = { is: "text" } as const;
const secret = { is: "secret" } as const;
const onOff = { is: "switch" } as const;
const inverse = { is: "inverse" } as const;
const positive = { is: "number", least: 1, most: 9_999_999_999 } as const;
const scope = { is: "choice", options: ["0", "1", "2"], numeric: true } as const;

/** The ways of signing in, in the order of how usual they are. */
export const MODES = ["db_auth", "ldap_auth", "oidc_auth", "http_auth", "uaa_auth"] as const;
export type Mode = (typeof MODES)[number];

/** What belongs to each way of signing in. */
export const BY_MODE = {
  db_auth: [{ key: "self_registration", kind: onOff }],
  ldap_auth: [
    { key: "ldap_url", kind: text },
    { key: "ldap_search_dn", kind: text },
    { key: "ldap_search_password", kind: secret },
    { key: "ldap_base_dn", kind: text },
    { key: "ldap_filter", kind: text },
    { key: "ldap_uid", kind: { is: "name" } },
    { key: "ldap_scope", kind: scope },
    { key: "ldap_timeout", kind: { is: "number", least: 1, most: 600 } },
    { key: "ldap_verify_cert", kind: onOff },
    { key: "ldap_group_base_dn", kind: text },
    { key: "ldap_group_search_filter", kind: text },
    { key: "ldap_group_attribute_name", kind: text },
    { key: "ldap_group_admin_dn", kind: text },
    { key: "ldap_group_search_scope", kind: scope },
    { key: "ldap_group_membership_attribute", kind: text },
    { key: "ldap_group_attach_parallel", kind: onOff },
  ],
  oidc_auth: [
    { key: "primary_auth_mode", kind: onOff },
    { key: "oidc_name", kind: text },
    { key: "oidc_endpoint", kind: text },
    { key: "oidc_client_id", kind: text },
    { key: "oidc_client_secret", kind: secret },
    { key: "oidc_scope", kind: text },
    { key: "oidc_user_claim", kind: text },
    { key: "oidc_groups_claim", kind: text },
    { key: "oidc_admin_group", kind: text },
    { key: "oidc_group_filter", kind: text },
    { key: "oidc_auto_onboard", kind: onOff },
    { key: "oidc_logout", kind: onOff },
    { key: "oidc_verify_cert", kind: onOff },
    { key: "oidc_extra_redirect_parms", kind: { is: "json" } },
  ],
  http_auth: [
    { key: "http_authproxy_endpoint", kind: text },
    { key: "http_authproxy_tokenreview_endpoint", kind: text },
    { key: "http_authproxy_admin_groups", kind: text },
    { key: "http_authproxy_admin_usernames", kind: text },
    { key: "http_authproxy_server_certificate", kind: { is: "rows" } },
    { key: "http_authproxy_verify_cert", kind: onOff },
    { key: "http_authproxy_skip_search", kind: onOff },
  ],
  uaa_auth: [
    { key: "uaa_endpoint", kind: text },
    { key: "uaa_client_id", kind: text },
    { key: "uaa_client_secret", kind: secret },
    { key: "uaa_verify_cert", kind: onOff },
  ],
} as const satisfies Record<Mode, Setting[]>;

/** The settings of the system, by subject. */
export const SYSTEM = {
  operation: [
    { key: "read_only", kind: onOff },
    { key: "notification_enable", kind: onOff },
  ],
  projects: [
    { key: "project_creation_restriction", kind: { is: "choice", options: ["everyone", "adminonly"] } },
    { key: "quota_per_project_enable", kind: onOff },
  ],
  access: [
    { key: "session_timeout", kind: positive },
    { key: "token_expiration", kind: positive },
    { key: "robot_token_duration", kind: positive },
    { key: "robot_name_prefix", kind: { is: "name" } },
  ],
  pulls: [
    { key: "pull_time_update_disable", kind: inverse },
    { key: "scanner_skip_update_pulltime", kind: inverse },
    { key: "pull_count_update_disable", kind: inverse },
  ],
  audit: [
    { key: "pull_audit_log_disable", kind: inverse },
    { key: "disabled_audit_log_event_types", kind: { is: "events" } },
    { key: "audit_log_forward_endpoint", kind: { is: "endpoint" } },
    { key: "skip_audit_log_database", kind: onOff },
  ],
  banner: [{ key: "banner_message", kind: { is: "banner" } }],
} as const satisfies Record<string, Setting[]>;

export type Subject = keyof typeof SYSTEM;

/** The keys that have a text of their own. */
export type ShownKey =
  | { [M in Mode]: (typeof BY_MODE)[M][number]["key"] }[Mode]
  | { [S in Subject]: (typeof SYSTEM)[S][number]["key"] }[Subject];

/** The values of settings as the form has them: a secret is empty, a choice is a text. */
export function valuesOf(settings: readonly Setting[], items: Items): Values {
  const value = ({ key, kind }: Setting): Value => {
    const item: { value?: Value } | undefined = key in items ? items[key as keyof Items] : undefined;
    const known = item?.value;
    if (kind.is === "secret") return "";
    if (kind.is === "switch") return known === true;
    if (kind.is === "inverse") return known !== true;
    if (kind.is === "choice") return String(known ?? "");
    return known ?? "";
  };
  return Object.fromEntries(settings.map((setting) => [setting.key, value(setting)]));
}

/** What was changed, as the API takes it. */
export function changesOf(settings: readonly Setting[], before: Values, after: Values): Changes {
  const changed = settings.filter(({ key }) => after[key] !== undefined && after[key] !== before[key]);
  const value = ({ key, kind }: Setting): Value | undefined => {
    if (kind.is === "inverse") return !after[key];
    if (kind.is === "choice" && kind.numeric) return Number(after[key]);
    return after[key];
  };
  return Object.fromEntries(changed.map((setting) => [setting.key, value(setting)]));
}

/** Whether the environment sets all of them, so that none can be changed. */
export function isFixed(items: Items): boolean {
  return Object.values(items).every(({ editable }) => editable === false);
}
