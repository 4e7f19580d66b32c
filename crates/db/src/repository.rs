//! Rows of repositories.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RepositoryId};
use minato_types::name::RepositoryName;

use crate::dialect::{corrupt, execute, fetch_all, fetch_optional, row};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        pushed_at: Option<i64>,
    }
}

row! {
    struct NameRow { name: String }
}

/// The repository `name` of a project, made when it does not exist. `pushed` says that a
/// manifest comes with it, which makes it visible in lists.
pub async fn ensure(
    conn: &mut Conn,
    project: ProjectId,
    name: &RepositoryName,
    pushed: bool,
    now: Timestamp,
) -> Result<RepositoryId> {
    const FIND: &str = "SELECT id, pushed_at FROM repository WHERE project_id = $1 AND name = $2";
    const INSERT: &str = "INSERT INTO repository
            (project_id, name, description, pull_count, pushed_at, created_at, updated_at)
         VALUES ($1, $2, '', 0, NULL, $3, $3) ON CONFLICT (name) DO NOTHING";
    const PUSHED: &str = "UPDATE repository SET pushed_at = $2 WHERE id = $1 AND pushed_at IS NULL";
    let found = if let Some(row) = fetch_optional!(conn, Row, FIND, project.0, name.as_str())? {
        row
    } else {
        execute!(conn, INSERT, project.0, name.as_str(), now.as_micros())?;
        fetch_optional!(conn, Row, FIND, project.0, name.as_str())?
            .ok_or_else(|| corrupt("a repository's project"))?
    };
    if pushed && found.pushed_at.is_none() {
        execute!(conn, PUSHED, found.id, now.as_micros())?;
    }
    Ok(RepositoryId(found.id))
}

/// Whether a manifest was ever pushed to the repository.
pub async fn is_pushed(conn: &mut Conn, id: RepositoryId) -> Result<bool> {
    let found = fetch_optional!(conn, Row, "SELECT id, pushed_at FROM repository WHERE id = $1", id.0)?;
    Ok(found.is_some_and(|row| row.pushed_at.is_some()))
}

/// Full names of all repositories that hold something, by name, after `after`.
pub async fn list_names(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<String>> {
    const SQL: &str = "SELECT r.name FROM repository r
         WHERE r.name > $1 AND EXISTS (SELECT 1 FROM artifact a WHERE a.repository_id = r.id)
         ORDER BY r.name LIMIT $2";
    let rows = fetch_all!(conn, NameRow, SQL, after, limit)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Removes the repositories of a project that never got a manifest, with their blob links.
pub async fn delete_unpushed(conn: &mut Conn, project: ProjectId) -> Result<()> {
    const LINKS: &str = "DELETE FROM repository_blob WHERE repository_id IN
            (SELECT id FROM repository WHERE project_id = $1 AND pushed_at IS NULL)";
    const ROWS: &str = "DELETE FROM repository WHERE project_id = $1 AND pushed_at IS NULL";
    execute!(conn, LINKS, project.0)?;
    execute!(conn, ROWS, project.0)?;
    Ok(())
}
