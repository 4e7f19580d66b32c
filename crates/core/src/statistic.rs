//! How much there is, of what the caller sees.

pub use minato_db::statistic::Count;

use crate::authz::{self, SignedIn};
use crate::{App, Result};

/// What there is.
#[derive(Clone, Copy, Debug)]
pub struct Statistic {
    /// In public projects.
    pub public: Count,
    /// In private projects that the caller sees.
    pub private: Count,
    /// Bytes that all projects use together; told to system administrators only.
    pub bytes: i64,
}

/// Counts what the caller sees.
pub async fn get(app: &App, who: &SignedIn) -> Result<Statistic> {
    let mut conn = app.db.read().await?;
    let (public, private) = minato_db::statistic::count(&mut conn, &authz::viewer(&who.principal)).await?;
    let bytes = if who.principal.is_sysadmin() { minato_db::quota::total(&mut conn).await? } else { 0 };
    Ok(Statistic { public, private, bytes })
}
