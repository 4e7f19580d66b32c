//! What projects may use, and what they use.

use minato_db::Tx;
use minato_db::quota::Charge;
use minato_types::id::ProjectId;
use minato_types::name::RepositoryName;

use crate::{App, Error, Result, settings};

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

/// Counts `bytes` more for the project of `repository`, unless that exceeds its limit.
pub(crate) async fn charge_in(
    app: &App,
    tx: &mut Tx,
    project: ProjectId,
    repository: &RepositoryName,
    bytes: i64,
) -> Result<()> {
    match minato_db::quota::charge(tx, project, bytes, seed()).await? {
        Charge::Done => Ok(()),
        Charge::Exceeded { .. } if !is_enforced(app).await? => {
            Ok(minato_db::quota::count(tx, project, bytes, seed()).await?)
        }
        Charge::Exceeded { hard, used } => {
            let project = repository.project().to_owned();
            Err(Error::QuotaExceeded { project, hard, used, asked: bytes })
        }
    }
}
