//! How many projects and repositories somebody sees.

use crate::dialect::row;
use crate::listing::fetch;
use crate::project::Viewer;
use crate::{Conn, Result};

row! {
    struct Row {
        public: bool,
        projects: i64,
        repositories: i64,
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
    let sql = format!(
        "SELECT p.public, COUNT(*) AS projects, CAST(COALESCE(SUM(
            (SELECT COUNT(*) FROM repository r WHERE r.project_id = p.id AND r.pushed_at IS NOT NULL)
         ), 0) AS BIGINT) AS repositories
         FROM project p WHERE {} GROUP BY p.public",
        viewer.condition()
    );
    let rows = fetch::<Row>(conn, sql, &[]).await?;
    let of = |public: bool| {
        let row = rows.iter().find(|row| row.public == public);
        row.map_or_else(Count::default, |row| Count {
            projects: row.projects,
            repositories: row.repositories,
        })
    };
    Ok((of(true), of(false)))
}
