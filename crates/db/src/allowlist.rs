//! Rows of lists of vulnerabilities that are put up with. Items are JSON.

use minato_types::allowlist::CveAllowlist;
use minato_types::clock::Timestamp;
use minato_types::id::ProjectId;

use crate::dialect::{Sql, corrupt, execute, fetch_all, fetch_optional, json_ints, row, with_list};
use crate::{Conn, Result};

row! {
    struct Row {
        project_id: i64,
        items: String,
        expires_at: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
}

impl TryFrom<Row> for CveAllowlist {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            project: ProjectId(row.project_id),
            items: serde_json::from_str(&row.items).map_err(|_| corrupt("an allowlist"))?,
            expires_at: row.expires_at,
            created_at: Some(Timestamp::from_micros(row.created_at)),
            updated_at: Some(Timestamp::from_micros(row.updated_at)),
        })
    }
}

/// The lists of those of the projects that have one.
pub(crate) async fn list_of(conn: &mut Conn, projects: &[i64]) -> Result<Vec<CveAllowlist>> {
    const SQL: Sql = with_list!(
        "SELECT project_id, items, expires_at, created_at, updated_at FROM cve_allowlist
         WHERE project_id IN (",
        int "$1",
        ")"
    );
    let rows = fetch_all!(conn, Row, SQL, json_ints(projects.iter().copied()))?;
    rows.into_iter().map(CveAllowlist::try_from).collect()
}

/// The list of a project, or of the system.
pub async fn get(conn: &mut Conn, project: ProjectId) -> Result<Option<CveAllowlist>> {
    Ok(list_of(conn, &[project.0]).await?.into_iter().next())
}

/// The list that counts for a project: its own where it says so, else the system's.
pub async fn get_effective(conn: &mut Conn, project: ProjectId) -> Result<Option<CveAllowlist>> {
    const SQL: &str = "SELECT project_id, items, expires_at, created_at, updated_at FROM cve_allowlist
         WHERE project_id = CASE WHEN EXISTS (SELECT 1 FROM project_metadata
            WHERE project_id = $1 AND name = 'reuse_sys_cve_allowlist' AND value = 'false') THEN $1 ELSE 0 END";
    fetch_optional!(conn, Row, SQL, project.0)?.map(CveAllowlist::try_from).transpose()
}

/// Makes or replaces a list.
pub async fn upsert(
    conn: &mut Conn,
    project: ProjectId,
    items: &[String],
    expires_at: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO cve_allowlist (project_id, items, expires_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $4) ON CONFLICT (project_id) DO UPDATE SET
            items = excluded.items, expires_at = excluded.expires_at, updated_at = excluded.updated_at";
    let items = serde_json::to_string(items).map_err(|_| corrupt("an allowlist"))?;
    execute!(conn, SQL, project.0, items, expires_at, now.as_micros())?;
    Ok(())
}
