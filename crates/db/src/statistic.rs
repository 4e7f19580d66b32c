//! How many projects and repositories somebody sees.

use crate::dialect::row;
use crate::listing::fetch;
use crate::project::Viewer;
use crate::{Conn, Result};

row! {
    struct Row {
        public: bool,
        n: i64,
    }
}

/// Projects and their repositories, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Projects.
    pub projects: i64,
    /// Repositories that were ever pushed to.
    pub repositories: i64,
}

/// The public and the private ones that the viewer sees.
pub async fn count(conn: &mut Conn, viewer: &Viewer) -> Result<(Count, Count)> {
    let seen = viewer.condition();
    let projects = format!("SELECT p.public, COUNT(*) AS n FROM project p WHERE {seen} GROUP BY p.public");
    let repositories = format!(
        "SELECT p.public, COUNT(*) AS n FROM repository r JOIN project p ON p.id = r.project_id
         WHERE r.pushed_at IS NOT NULL AND {seen} GROUP BY p.public"
    );
    let projects = fetch::<Row>(conn, projects, &[]).await?;
    let repositories = fetch::<Row>(conn, repositories, &[]).await?;
    let of = |public: bool| Count { projects: n(&projects, public), repositories: n(&repositories, public) };
    Ok((of(true), of(false)))
}

fn n(rows: &[Row], public: bool) -> i64 {
    rows.iter().find(|row| row.public == public).map_or(0, |row| row.n)
}
