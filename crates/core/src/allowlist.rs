//! Vulnerabilities that are put up with: the system's list, and what a project's may be.

use std::collections::HashSet;

use minato_types::allowlist::{CveAllowlist, SYSTEM};

use crate::authz::{ConfigurationUpdate, SignedIn, SystemGrant};
use crate::{App, Error, Result};

/// A list on its way in.
#[derive(Debug, Default)]
pub struct NewAllowlist {
    /// Names of vulnerabilities.
    pub items: Vec<String>,
    /// When it stops counting, in seconds since the epoch; `None` is never.
    pub expires_at: Option<i64>,
}

impl NewAllowlist {
    /// Each vulnerability has a name, and stands there once.
    pub(crate) fn check(&self) -> Result<()> {
        /// Longest name.
        const MAX_LEN: usize = 128;
        let mut seen = HashSet::new();
        for item in &self.items {
            if item.trim().is_empty() || item.len() > MAX_LEN {
                return Err(Error::invalid("cve_allowlist", "each `cve_id` needs 1 to 128 characters"));
            }
            if !seen.insert(item) {
                return Err(Error::invalid("cve_allowlist", format!("`{item}` stands there twice")));
            }
        }
        Ok(())
    }
}

/// Shows the system's list.
pub async fn get(app: &App, _: &SignedIn) -> Result<CveAllowlist> {
    let mut conn = app.db.read().await?;
    let found = minato_db::allowlist::get(&mut conn, SYSTEM).await?;
    Ok(found.unwrap_or_else(|| CveAllowlist::empty(SYSTEM)))
}

/// Replaces the system's list.
pub async fn put(app: &App, _: &SystemGrant<ConfigurationUpdate>, new: &NewAllowlist) -> Result<()> {
    new.check()?;
    let mut tx = app.db.begin().await?;
    minato_db::allowlist::upsert(&mut tx, SYSTEM, &new.items, new.expires_at, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
