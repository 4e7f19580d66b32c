//! What projects may use, and what they use.
//!
//! What counts is decided where a manifest is stored and where one is taken away. An upload is
//! refused before that only when no byte is left: the blobs that nobody names cost nothing.

use minato_db::Tx;
use minato_db::quota::Charge;
pub use minato_db::quota::Quota;
use minato_types::id::{ProjectId, QuotaId};
use minato_types::name::RepositoryName;
use minato_types::query::{Pattern, Query};

use crate::authz::{Push, RepoGrant, SystemGrant, SystemQuotaList, SystemQuotaRead, SystemQuotaUpdate};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, settings};

/// Most bytes that a limit may be, 1024 TiB as in Harbor.
const MOST_BYTES: i64 = 1 << 50;

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

/// A limit as it is kept, or what is allowed.
pub(crate) fn check_limit(field: &'static str, bytes: i64) -> Result<i64> {
    if bytes == -1 || (1..=MOST_BYTES).contains(&bytes) {
        Ok(bytes)
    } else {
        Err(Error::invalid(field, format!("expected -1 for no limit, or 1 to {MOST_BYTES} bytes")))
    }
}

/// Refuses an upload into a project that has used all that it may. Free where there is no limit.
pub(crate) async fn check_room(app: &App, grant: &RepoGrant<Push>) -> Result<()> {
    if !grant.standing.limited || !is_enforced(app).await? {
        return Ok(());
    }
    let mut conn = app.db.read().await?;
    match minato_db::quota::usage(&mut conn, grant.project).await? {
        Some((hard, used)) if hard >= 0 && used >= hard => {
            // How much will come nobody knows yet; a byte is too much.
            Err(Error::QuotaExceeded { project: grant.name.project().to_owned(), hard, used, asked: 1 })
        }
        _ => Ok(()),
    }
}

/// Lists quotas: all, or the one of a project.
pub async fn list(
    app: &App,
    _: &SystemGrant<SystemQuotaList>,
    project: Option<ProjectId>,
    query: &Query,
    window: Window,
) -> Result<Page<Quota>> {
    let mut query = query.clone();
    if let Some(id) = project {
        query.require("reference_id", Pattern::Equal(id.to_string()));
    }
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::quota::list(&mut conn, &query, window).await?;
    Ok(Page { items, total })
}

/// Shows a quota.
pub async fn get(app: &App, _: &SystemGrant<SystemQuotaRead>, id: QuotaId) -> Result<Quota> {
    let mut conn = app.db.read().await?;
    minato_db::quota::get(&mut conn, id).await?.ok_or(Error::NotFound(Noun::Quota))
}

/// Changes a limit, which may be below what is used: then nothing can be added.
pub async fn update(app: &App, _: &SystemGrant<SystemQuotaUpdate>, id: QuotaId, bytes: i64) -> Result<()> {
    let hard = check_limit("hard.storage", bytes)?;
    let mut tx = app.db.begin().await?;
    if !minato_db::quota::update(&mut tx, id, hard, app.clock.now()).await? {
        return Err(Error::NotFound(Noun::Quota));
    }
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

/// Counts `bytes` more for the project of `repository`, unless that exceeds its limit. Whether
/// limits are `enforced` is asked before the transaction.
pub(crate) async fn charge_in(
    tx: &mut Tx,
    project: ProjectId,
    repository: &RepositoryName,
    bytes: i64,
    enforced: bool,
) -> Result<()> {
    match minato_db::quota::charge(tx, project, bytes, seed()).await? {
        Charge::Done => Ok(()),
        Charge::Exceeded { .. } if !enforced => {
            Ok(minato_db::quota::count(tx, project, (bytes, 0), seed()).await?)
        }
        Charge::Exceeded { hard, used } => {
            let project = repository.project().to_owned();
            Err(Error::QuotaExceeded { project, hard, used, asked: bytes })
        }
    }
}
