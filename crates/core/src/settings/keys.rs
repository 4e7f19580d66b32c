//! The table of settings that can be changed at run time: Harbor's 61 keys, with their types,
//! defaults and rules.

use serde_json::{Value, json};

use crate::audit::EventType;

/// A setting.
pub struct Key {
    /// Harbor's name for it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    default: Default,
}

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Text that must not be empty.
    Name,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Text that is never shown again.
    Secret,
    /// `true` or `false`.
    Flag,
    /// A whole number, ends included.
    Number(i64, i64),
    /// A JSON object, which Harbor keeps and shows as text.
    Object,
    /// Nothing, or a JSON object as text, with the message that is shown to everybody.
    Banner,
    /// Nothing, or `host:port`.
    Endpoint,
    /// Event types of the audit log, separated by commas.
    EventTypes,
}

#[derive(Clone, Copy)]
enum Default {
    Text(&'static str),
    Flag(bool),
    Number(i64),
}

impl Key {
    /// The value where nothing was set.
    pub fn default(&self) -> Value {
        match self.default {
            Default::Text(text) => json!(text),
            Default::Flag(flag) => json!(flag),
            Default::Number(number) => json!(number),
        }
    }

    /// Whether answers name it. Of the secrets that one does which Harbor shows, and whose absence
    /// its Go client's users don't expect; its value is always empty.
    pub fn is_shown(&self) -> bool {
        self.kind != Kind::Secret || self.name == "uaa_client_secret"
    }

    /// The value as answers show it.
    pub fn shown(&self, value: Value) -> Value {
        if self.kind == Kind::Secret { json!("") } else { value }
    }

    /// The value as it is kept, or what is allowed. Numbers and flags may come as text.
    pub fn check(&self, value: &Value) -> Result<Value, String> {
        let text = value.as_str();
        match self.kind {
            Kind::Text | Kind::Secret => {
                text.map(|text| json!(text)).ok_or_else(|| "expected text".to_owned())
            }
            Kind::Name => match text.map(str::trim) {
                Some(text) if !text.is_empty() => Ok(json!(text)),
                _ => Err("must not be empty".to_owned()),
            },
            Kind::Word(words) => match text {
                Some(text) if words.contains(&text) => Ok(json!(text)),
                _ => Err(format!("expected one of {}", words.join(", "))),
            },
            Kind::Flag => {
                let flag = value.as_bool().or_else(|| text?.parse().ok());
                flag.map(|flag| json!(flag)).ok_or_else(|| "expected true or false".to_owned())
            }
            Kind::Number(least, most) => {
                let number = value.as_i64().or_else(|| text?.trim().parse().ok());
                let allowed = number.filter(|number| (least..=most).contains(number));
                allowed
                    .map(|number| json!(number))
                    .ok_or_else(|| format!("expected a number from {least} to {most}"))
            }
            Kind::Object => {
                let parsed = text.map(serde_json::from_str::<Value>);
                match parsed {
                    Some(Ok(Value::Object(_))) => Ok(value.clone()),
                    None if value.is_object() => Ok(json!(value.to_string())),
                    Some(_) if text == Some("") => Ok(value.clone()),
                    _ => Err("expected a JSON object".to_owned()),
                }
            }
            Kind::Banner => checked(text, is_banner, BANNER),
            Kind::Endpoint => checked(text, is_endpoint, "expected `host:port`, or nothing"),
            Kind::EventTypes => {
                let names = text.ok_or_else(|| "expected text".to_owned())?;
                let unknown = words(names).find(|name| EventType::from_name(name).is_none());
                match unknown {
                    None => Ok(json!(words(names).collect::<Vec<_>>().join(","))),
                    Some(name) => Err(format!("`{name}` is no event type of the audit log")),
                }
            }
        }
    }
}

const BANNER: &str = "expected nothing, or a JSON object as text with `message`, and perhaps `type` (`success`, `info`, `warning` or `danger`), `closable`, `fromDate` and `toDate`";

/// Text that is empty or passes a check.
fn checked(text: Option<&str>, passes: fn(&str) -> bool, otherwise: &str) -> Result<Value, String> {
    match text {
        Some(text) if text.is_empty() || passes(text) => Ok(json!(text)),
        _ => Err(otherwise.to_owned()),
    }
}

fn is_banner(text: &str) -> bool {
    let Ok(Value::Object(banner)) = serde_json::from_str(text) else { return false };
    let is_text = |name: &str| banner.get(name).is_none_or(Value::is_string);
    let kind = banner.get("type").map(|kind| kind.as_str().unwrap_or("?"));
    banner.get("message").is_some_and(Value::is_string)
        && banner.get("closable").is_none_or(Value::is_boolean)
        && kind.is_none_or(|kind| ["", "success", "info", "warning", "danger"].contains(&kind))
        && is_text("fromDate")
        && is_text("toDate")
}

fn is_endpoint(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The members of a list that is written with commas.
pub(crate) fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty())
}

/// Harbor's bound for times: at least one, less than ten billion.
const POSITIVE: Kind = Kind::Number(1, 9_999_999_999);
/// 1024 TiB.
const MOST_BYTES: i64 = 1 << 50;

const fn text(name: &'static str, default: &'static str) -> Key {
    Key { name, kind: Kind::Text, default: Default::Text(default) }
}

const fn named(name: &'static str, default: &'static str) -> Key {
    Key { name, kind: Kind::Name, default: Default::Text(default) }
}

const fn secret(name: &'static str) -> Key {
    Key { name, kind: Kind::Secret, default: Default::Text("") }
}

const fn special(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, default: Default::Text("") }
}

const fn object(name: &'static str, default: &'static str) -> Key {
    Key { name, kind: Kind::Object, default: Default::Text(default) }
}

const fn flag(name: &'static str, default: bool) -> Key {
    Key { name, kind: Kind::Flag, default: Default::Flag(default) }
}

const fn number(name: &'static str, kind: Kind, default: i64) -> Key {
    Key { name, kind, default: Default::Number(default) }
}

const fn word(name: &'static str, words: &'static [&'static str], default: &'static str) -> Key {
    Key { name, kind: Kind::Word(words), default: Default::Text(default) }
}

/// All of them, by subject.
pub const KEYS: &[Key] = &[
    word("auth_mode", &["db_auth", "ldap_auth", "uaa_auth", "http_auth", "oidc_auth"], "db_auth"),
    flag("primary_auth_mode", false),
    object("scan_all_policy", ""),
    word("project_creation_restriction", &["everyone", "adminonly"], "everyone"),
    flag("read_only", false),
    flag("self_registration", false),
    number("token_expiration", POSITIVE, 30),
    number("robot_token_duration", POSITIVE, 30),
    named("robot_name_prefix", "robot$"),
    flag("notification_enable", true),
    flag("pull_time_update_disable", false),
    flag("pull_count_update_disable", false),
    flag("pull_audit_log_disable", false),
    special("audit_log_forward_endpoint", Kind::Endpoint),
    flag("skip_audit_log_database", false),
    flag("scanner_skip_update_pulltime", false),
    special("disabled_audit_log_event_types", Kind::EventTypes),
    number("session_timeout", POSITIVE, 60),
    special("banner_message", Kind::Banner),
    flag("quota_per_project_enable", true),
    number("storage_per_project", Kind::Number(-1, MOST_BYTES), -1),
    text("ldap_url", ""),
    text("ldap_base_dn", ""),
    named("ldap_uid", "cn"),
    text("ldap_filter", ""),
    text("ldap_search_dn", ""),
    secret("ldap_search_password"),
    number("ldap_scope", Kind::Number(0, 2), 2),
    number("ldap_timeout", Kind::Number(1, 600), 5),
    flag("ldap_verify_cert", true),
    text("ldap_group_base_dn", ""),
    text("ldap_group_search_filter", ""),
    text("ldap_group_attribute_name", ""),
    text("ldap_group_admin_dn", ""),
    number("ldap_group_search_scope", Kind::Number(0, 2), 2),
    text("ldap_group_membership_attribute", "memberof"),
    flag("ldap_group_attach_parallel", false),
    text("oidc_name", ""),
    text("oidc_endpoint", ""),
    text("oidc_client_id", ""),
    secret("oidc_client_secret"),
    text("oidc_groups_claim", ""),
    text("oidc_admin_group", ""),
    text("oidc_group_filter", ""),
    text("oidc_scope", ""),
    text("oidc_user_claim", ""),
    flag("oidc_verify_cert", true),
    flag("oidc_auto_onboard", false),
    object("oidc_extra_redirect_parms", "{}"),
    flag("oidc_logout", false),
    text("http_authproxy_endpoint", ""),
    text("http_authproxy_tokenreview_endpoint", ""),
    text("http_authproxy_admin_groups", ""),
    text("http_authproxy_admin_usernames", ""),
    text("http_authproxy_server_certificate", ""),
    flag("http_authproxy_verify_cert", true),
    flag("http_authproxy_skip_search", false),
    text("uaa_client_id", ""),
    secret("uaa_client_secret"),
    text("uaa_endpoint", ""),
    flag("uaa_verify_cert", false),
];

/// The setting of that name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_harbors_61() {
        assert_eq!(KEYS.len(), 61);
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 61, "each once");
        for key in KEYS {
            let default = key.default();
            assert!(key.kind == Kind::Name || key.check(&default).is_ok(), "{}", key.name);
        }
    }

    #[test]
    fn values_are_checked() {
        let check = |name: &str, value: Value| find(name).unwrap().check(&value);
        assert_eq!(check("token_expiration", json!("45")), Ok(json!(45)));
        assert!(check("token_expiration", json!(0)).is_err());
        assert_eq!(check("read_only", json!("true")), Ok(json!(true)));
        assert!(check("read_only", json!(1)).is_err());
        assert!(check("auth_mode", json!("magic")).unwrap_err().contains("db_auth"));
        assert!(check("ldap_uid", json!(" ")).is_err());
        assert_eq!(check("oidc_extra_redirect_parms", json!({"a": "b"})), Ok(json!("{\"a\":\"b\"}")));
        assert!(check("oidc_extra_redirect_parms", json!("[]")).is_err());
        assert!(check("storage_per_project", json!(-2)).is_err());
    }

    #[test]
    fn texts_of_a_form_are_checked() {
        let good = |name: &str, value: &str| find(name).unwrap().check(&json!(value)).is_ok();
        for (value, is_good) in [
            ("", true),
            ("log.example.com:514", true),
            ("[2001:db8::1]:601", true),
            ("log.example.com", false),
            ("log.example.com:0", false),
            ("tcp://log:514", false),
            (":514", false),
        ] {
            assert_eq!(good("audit_log_forward_endpoint", value), is_good, "{value}");
        }
        assert!(good("banner_message", r#"{"message":"down at noon","type":"warning","closable":true}"#));
        assert!(good("banner_message", ""));
        assert!(!good("banner_message", "down at noon"));
        assert!(!good("banner_message", r#"{"message":"x","type":"loud"}"#));
        assert!(!good("banner_message", r#"{"type":"info"}"#));
        let types = find("disabled_audit_log_event_types").unwrap();
        assert_eq!(types.check(&json!("pull_artifact, login_user")), Ok(json!("pull_artifact,login_user")));
        assert!(types.check(&json!("pull_artifact,nap")).unwrap_err().contains("`nap`"));
    }
}
