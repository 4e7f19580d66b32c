//! What projects may use, and what they use.

use crate::{App, Result, settings};

/// A number that spreads charges over the slots of a quota.
pub(crate) fn seed() -> i64 {
    let mut bytes = [0; 1];
    // Without randomness all charges go to one slot, which costs waiting and nothing else.
    let _ = getrandom::fill(&mut bytes);
    i64::from(bytes[0])
}

/// Whether limits count at all.
pub(crate) async fn is_enforced(app: &App) -> Result<bool> {
    Ok(settings::current(app).await?.flag("quota_per_project_enable"))
}
