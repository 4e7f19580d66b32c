//! Settings that administrators change while Minato runs.
//!
//! Rows hold what was set, [`keys`] the rest. Every replica reads them again after a second at
//! most; with the embedded database, where nobody else writes, after each change. An installation
//! that sets them at its start ([`Startup::overwritten_settings`](crate::Startup)) can't change
//! them later.

pub mod keys;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use minato_types::clock::Timestamp;
use serde_json::Value;

use crate::audit::{self, Event, EventType, forward};
use crate::authz::{ConfigurationRead, ConfigurationUpdate, SystemGrant};
use crate::{App, Error, Result};
use keys::{Key, Kind};

/// How long another replica's change may stay unnoticed.
const STALE: Duration = Duration::from_millis(900);

/// The way of signing in that is built.
const BUILT_AUTH_MODE: &str = "db_auth";

/// Settings by name.
pub type Changes = BTreeMap<String, Value>;

/// The value of every setting.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    /// A setting's value.
    pub fn get(&self, name: &str) -> Value {
        match self.0.get(name) {
            Some(value) => value.clone(),
            None => keys::find(name).map_or(Value::Null, Key::default),
        }
    }

    /// A switch.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or(false)
    }

    /// A number.
    pub fn number(&self, name: &str) -> i64 {
        self.get(name).as_i64().unwrap_or(0)
    }

    /// A text.
    pub fn text(&self, name: &str) -> String {
        self.get(name).as_str().unwrap_or("").to_owned()
    }
}

/// What was read last, and when.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    /// Moved by every change, so that what was read before one is not remembered after it.
    version: u64,
    known: Option<(Timestamp, Arc<Values>)>,
}

impl Remembered {
    fn get(&self) -> (u64, Option<(Timestamp, Arc<Values>)>) {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (memory.version, memory.known.clone())
    }

    fn put(&self, version: u64, read_at: Timestamp, values: &Arc<Values>) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.version == version {
            memory.known = Some((read_at, Arc::clone(values)));
        }
    }

    fn changed(&self) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.version += 1;
        memory.known = None;
    }
}

/// All settings as they are now.
pub(crate) async fn current(app: &App) -> Result<Arc<Values>> {
    let now = app.clock.now();
    let (version, known) = app.remembered_settings.get();
    if let Some((read_at, values)) = known
        && (app.db.is_exclusive() || now.since(read_at) < STALE)
    {
        return Ok(values);
    }
    let mut conn = app.db.read().await?;
    let rows = minato_db::setting::list(&mut conn).await?;
    drop(conn);
    let parsed = rows.into_iter().filter_map(|(name, text)| Some((name, serde_json::from_str(&text).ok()?)));
    let values = Arc::new(Values(parsed.collect()));
    app.remembered_settings.put(version, now, &values);
    Ok(values)
}

/// Whether nothing may be changed for the moment.
pub async fn is_read_only(app: &App) -> Result<bool> {
    Ok(current(app).await?.flag("read_only"))
}

/// A setting as administrators see it.
pub struct Item {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
    /// Whether it can be changed now.
    pub editable: bool,
}

/// Shows all settings, and no secret.
pub async fn list(app: &App, _: &SystemGrant<ConfigurationRead>) -> Result<Vec<Item>> {
    let values = current(app).await?;
    let editable = app.startup.overwritten_settings.is_none();
    let mode_editable = editable && !has_users(app).await?;
    let shown = keys::KEYS.iter().filter(|key| key.is_shown());
    let item = |key: &Key| Item {
        name: key.name,
        value: key.shown(values.get(key.name)),
        editable: if key.name == "auth_mode" { mode_editable } else { editable },
    };
    Ok(shown.map(item).collect())
}

/// Changes settings; what is not named stays.
pub async fn update(app: &App, grant: &SystemGrant<ConfigurationUpdate>, changes: &Changes) -> Result<()> {
    let event = Event::new(EventType::UpdateConfiguration, "configuration").told(&redacted(changes));
    audit::of(app, grant.principal.name(), event, async {
        if app.startup.overwritten_settings.is_some() {
            return Err(Error::Forbidden(
                "the settings come from CONFIG_OVERWRITE_JSON; change them there and start again".to_owned(),
            ));
        }
        let checked = check(changes)?;
        check_together(app, &checked).await?;
        store(app, &checked).await
    })
    .await
}

/// Sets what the installation says at its start, whatever was set before.
pub async fn overwrite(app: &App) -> Result<()> {
    match &app.startup.overwritten_settings {
        Some(changes) => store(app, &check(changes)?).await,
        None => Ok(()),
    }
}

/// The values as they are kept. One that is null is not set.
pub fn check(changes: &Changes) -> Result<Changes> {
    let mut checked = Changes::new();
    for (name, value) in changes.iter().filter(|(_, value)| !value.is_null()) {
        let key = keys::find(name)
            .ok_or_else(|| Error::invalid("configurations", format!("`{name}` is no setting")))?;
        let value = key.check(value).map_err(|why| Error::invalid(key.name, why))?;
        if key.name == "auth_mode" && value != BUILT_AUTH_MODE {
            return Err(Error::invalid(key.name, "only `db_auth` is built; users are kept by Minato itself"));
        }
        checked.insert(name.clone(), value);
    }
    Ok(checked)
}

/// What no value can tell by itself.
async fn check_together(app: &App, changes: &Changes) -> Result<()> {
    let before = current(app).await?;
    let after = |name: &str| changes.get(name).cloned().unwrap_or_else(|| before.get(name));
    if after("auth_mode") != before.get("auth_mode") && has_users(app).await? {
        return Err(Error::invalid(
            "auth_mode",
            "can't be changed any more, as there are users beside `admin`",
        ));
    }
    if after("skip_audit_log_database") == true && after("audit_log_forward_endpoint") == "" {
        return Err(Error::invalid(
            "skip_audit_log_database",
            "needs `audit_log_forward_endpoint`, or nothing would be recorded",
        ));
    }
    let endpoint = after(forward::ENDPOINT);
    if endpoint != before.get(forward::ENDPOINT)
        && let Some(endpoint) = endpoint.as_str().filter(|endpoint| !endpoint.is_empty())
        && let Err(error) = forward::reach(endpoint).await
    {
        return Err(Error::invalid(forward::ENDPOINT, format!("`{endpoint}` can't be reached: {error}")));
    }
    Ok(())
}

async fn has_users(app: &App) -> Result<bool> {
    let mut conn = app.db.read().await?;
    Ok(minato_db::user::has_others(&mut conn, minato_types::user::ADMIN_NAME).await?)
}

async fn store(app: &App, checked: &Changes) -> Result<()> {
    let mut tx = app.db.begin().await?;
    for (name, value) in checked {
        minato_db::setting::upsert(&mut tx, name, &value.to_string(), app.clock.now()).await?;
    }
    tx.commit().await?;
    app.remembered_settings.changed();
    Ok(())
}

/// What was asked, as the audit log tells it: no secrets.
fn redacted(changes: &Changes) -> String {
    let shown = changes.iter().map(|(name, value)| match keys::find(name) {
        Some(key) if key.kind != Kind::Secret => format!("{name}={value}"),
        Some(_) => format!("{name}=***"),
        // A name that nobody knows may stand before a secret.
        None => format!("{name}=?"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changes(value: Value) -> Changes {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn null_is_not_set_and_unknown_names_are_told() {
        let checked = check(&changes(json!({ "read_only": null, "session_timeout": "5" }))).unwrap();
        assert_eq!(checked, changes(json!({ "session_timeout": 5 })));
        let error = check(&changes(json!({ "read_onyl": true }))).unwrap_err();
        assert!(error.to_string().contains("`read_onyl`"));
    }

    #[test]
    fn secrets_are_not_recorded() {
        let text =
            redacted(&changes(json!({ "ldap_search_password": "hunter2", "ldap_scope": 1, "x": "y" })));
        assert_eq!(text, "ldap_scope=1, ldap_search_password=***, x=?");
    }
}
