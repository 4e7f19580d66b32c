//! Rows of a project's settings, which are text; `public` is a column of the project.

use minato_types::id::ProjectId;

use crate::dialect::{Sql, corrupt, execute, fetch_all, json_ints, row, with_list};
use crate::{Conn, Result};

row! {
    struct Row {
        project_id: i64,
        name: String,
        value: String,
    }
}

/// What was set in these projects, by name.
pub(crate) async fn list_of(conn: &mut Conn, projects: &[i64]) -> Result<Vec<(ProjectId, String, String)>> {
    const SQL: Sql = with_list!(
        "SELECT project_id, name, value FROM project_metadata WHERE project_id IN (",
        int "$1",
        ") ORDER BY name"
    );
    let rows = fetch_all!(conn, Row, SQL, json_ints(projects.iter().copied()))?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.project_id), row.name, row.value)).collect())
}

/// Adds a setting; `Conflict` when it is set already.
pub async fn insert(conn: &mut Conn, project: ProjectId, name: &str, value: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO project_metadata (project_id, name, value) VALUES ($1, $2, $3)";
    execute!(conn, SQL, project.0, name, value)?;
    Ok(())
}

/// Sets settings, whether they were set or not.
pub async fn upsert(conn: &mut Conn, project: ProjectId, settings: &[(&str, String)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO project_metadata (project_id, name, value)
             SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($2) WHERE TRUE
             ON CONFLICT (project_id, name) DO UPDATE SET value = excluded.value",
        postgres: "INSERT INTO project_metadata (project_id, name, value)
             SELECT $1, e->>0, e->>1 FROM json_array_elements($2::json) e
             ON CONFLICT (project_id, name) DO UPDATE SET value = excluded.value",
    };
    let list = serde_json::to_string(settings).map_err(|_| corrupt("settings"))?;
    execute!(conn, SQL, project.0, list)?;
    Ok(())
}

/// Changes a setting; whether it was set.
pub async fn update(conn: &mut Conn, project: ProjectId, name: &str, value: &str) -> Result<bool> {
    const SQL: &str = "UPDATE project_metadata SET value = $3 WHERE project_id = $1 AND name = $2";
    Ok(execute!(conn, SQL, project.0, name, value)? > 0)
}

/// Takes a setting back; whether it was set.
pub async fn delete(conn: &mut Conn, project: ProjectId, name: &str) -> Result<bool> {
    const SQL: &str = "DELETE FROM project_metadata WHERE project_id = $1 AND name = $2";
    Ok(execute!(conn, SQL, project.0, name)? > 0)
}
