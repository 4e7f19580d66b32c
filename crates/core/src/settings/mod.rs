//! Settings that administrators change while Minato runs.
//!
//! Rows hold what was set, [`keys`] the rest. Every replica reads them again after a second at
//! most; with the embedded database, where nobody else writes, after each change.

pub mod keys;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use minato_types::clock::Timestamp;
use serde_json::Value;

use crate::{App, Error, Result};

/// How long another replica's change may stay unnoticed.
const STALE: Duration = Duration::from_millis(900);

/// The value of every setting.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    /// A setting's value.
    pub fn get(&self, name: &str) -> Value {
        match self.0.get(name) {
            Some(value) => value.clone(),
            None => keys::find(name).map_or(Value::Null, keys::Key::default),
        }
    }

    /// A switch.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or(false)
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.get(name).as_i64().unwrap_or(0)
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).as_str().unwrap_or("").to_owned()
    }
}

/// What was read last, and when.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<(Timestamp, Arc<Values>)>>);

impl Remembered {
    fn get(&self) -> Option<(Timestamp, Arc<Values>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, value: Option<(Timestamp, Arc<Values>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// All settings as they are now.
pub(crate) async fn current(app: &App) -> Result<Arc<Values>> {
    let now = app.clock.now();
    if let Some((read_at, values)) = app.remembered_settings.get()
        && (app.db.is_exclusive() || now.since(read_at) < STALE)
    {
        return Ok(values);
    }
    let mut conn = app.db.read().await?;
    let rows = minato_db::setting::list(&mut conn).await?;
    drop(conn);
    let parsed = rows.into_iter().filter_map(|(name, text)| Some((name, serde_json::from_str(&text).ok()?)));
    let values = Arc::new(Values(parsed.collect()));
    app.remembered_settings.set(Some((now, Arc::clone(&values))));
    Ok(values)
}

/// Changes settings; what is not named stays.
pub(crate) async fn store(app: &App, changes: &BTreeMap<String, Value>) -> Result<()> {
    let mut checked = Vec::with_capacity(changes.len());
    for (name, value) in changes {
        let key = keys::find(name)
            .ok_or_else(|| Error::invalid("configurations", format!("`{name}` is no setting")))?;
        let value = key.check(value).map_err(|why| Error::invalid(key.name, why))?;
        checked.push((key.name, value.to_string()));
    }
    let mut tx = app.db.begin().await?;
    for (name, value) in &checked {
        minato_db::setting::upsert(&mut tx, name, value, app.clock.now()).await?;
    }
    tx.commit().await?;
    app.remembered_settings.set(None);
    Ok(())
}
