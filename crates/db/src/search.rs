//! Repositories of all projects, found by a part of their name.

use minato_types::id::ProjectId;
use minato_types::query::Query;

use crate::dialect::row;
use crate::listing::{Listing, Spec, Window};
use crate::project::Viewer;
use crate::{Conn, Result};

row! {
    struct Row {
        name: String,
        project_id: i64,
        project_name: String,
        public: bool,
        pull_count: i64,
        artifact_count: i64,
    }
}

/// A repository as a search shows it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Full name.
    pub name: String,
    /// Its project.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Whether everybody may pull from it.
    pub public: bool,
    /// How often something was pulled from it.
    pub pull_count: i64,
    /// Artifacts that lists show.
    pub artifact_count: i64,
}

const LIST: Spec = Spec {
    base: "repository r JOIN project p ON p.id = r.project_id",
    from: "repository r JOIN project p ON p.id = r.project_id",
    columns: "r.name, p.id AS project_id, p.name AS project_name, p.public, r.pull_count,
        (SELECT COUNT(*) FROM artifact a WHERE a.repository_id = r.id AND a.listed) AS artifact_count",
    key: "r.id",
    fields: &[],
    order: &[("r.name", false), ("r.id", false)],
};

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            project: ProjectId(row.project_id),
            project_name: row.project_name,
            public: row.public,
            pull_count: row.pull_count,
            artifact_count: row.artifact_count,
        }
    }
}

/// The first repositories, by name, that the viewer sees and whose name contains `part`.
pub async fn repositories(conn: &mut Conn, viewer: &Viewer, part: &str, limit: i64) -> Result<Vec<Found>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and(&viewer.condition(), []);
    listing.and("r.pushed_at IS NOT NULL", []);
    listing.and_contains("r.name", part);
    let rows = listing.page::<Row>(conn, Window { limit, offset: 0 }, i64::MAX).await?;
    Ok(rows.into_iter().map(Found::from).collect())
}
