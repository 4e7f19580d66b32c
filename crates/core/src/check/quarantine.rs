//! Bytes that checks have set aside: seeing them, keeping them, letting them go.

use minato_db::quarantine;
use minato_types::id::QuarantineId;
use minato_types::query::Query;

use crate::authz::{SystemGcList, SystemGcUpdate, SystemGrant};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

pub use minato_db::quarantine::Aside;

/// Lists what is set aside, newest first.
pub async fn list(
    app: &App,
    _: &SystemGrant<SystemGcList>,
    query: &Query,
    window: Window,
) -> Result<Page<Aside>> {
    let mut conn = app.db.read().await?;
    let (items, total) = quarantine::list(&mut conn, query, window).await?;
    Ok(Page { items, total })
}

/// Keeps orphans until somebody lets them go.
pub async fn keep(app: &App, _: &SystemGrant<SystemGcUpdate>, id: QuarantineId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !quarantine::keep(&mut tx, id).await? {
        return Err(Error::NotFound(Noun::Quarantine));
    }
    Ok(tx.commit().await?)
}

/// Lets bytes go now, with the next garbage. Refused while a damaged blob has them for its own: they
/// go with that, or are freed when its content comes again.
pub async fn let_go(app: &App, _: &SystemGrant<SystemGcUpdate>, id: QuarantineId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if quarantine::get(&mut tx, id).await?.is_none() {
        return Err(Error::NotFound(Noun::Quarantine));
    }
    if !quarantine::let_go(&mut tx, id, app.clock.now()).await? {
        let why = "a blob still has these bytes for its own; push its content again, or delete what needs it";
        return Err(Error::Conflict(why.to_owned()));
    }
    Ok(tx.commit().await?)
}
