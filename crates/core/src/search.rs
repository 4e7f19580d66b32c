//! Finding projects and repositories by a part of their name, among those that the caller sees.

use minato_types::query::{Pattern, Query};

pub use minato_db::search::Found;

use crate::authz::{self, Public};
use crate::project::Detail;
use crate::{App, Result, Window};

/// Most projects, and most repositories, that a search shows.
const LIMIT: i64 = 100;

/// What a search found.
pub struct Results {
    /// Projects, by name.
    pub projects: Vec<Detail>,
    /// Repositories, by name.
    pub repositories: Vec<Found>,
}

/// Finds projects and repositories.
pub async fn find(app: &App, who: &Public, part: &str) -> Result<Results> {
    let viewer = authz::viewer(&who.principal);
    let mut query = Query::default();
    query.require("name", Pattern::Contains(part.to_owned()));
    let mut conn = app.db.read().await?;
    let window = Window { limit: LIMIT, offset: 0 };
    let (projects, _) = minato_db::project::list(&mut conn, &viewer, &query, window).await?;
    let repositories = minato_db::search::repositories(&mut conn, &viewer, part, LIMIT).await?;
    Ok(Results { projects, repositories })
}
