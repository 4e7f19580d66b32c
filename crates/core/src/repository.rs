//! Repositories as the catalog lists them.

use crate::authz::{CatalogRead, SystemGrant};
use crate::tag::NamePage;
use crate::{App, Result};

/// Lists the names of all repositories that hold something, after `after`, at most `limit`.
pub async fn catalog(app: &App, _: &SystemGrant<CatalogRead>, after: &str, limit: usize) -> Result<NamePage> {
    let mut conn = app.db.read().await?;
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let names = minato_db::repository::list_names(&mut conn, after, one_more).await?;
    Ok(NamePage::cut(names, limit))
}
