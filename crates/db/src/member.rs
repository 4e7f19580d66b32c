//! Rows of project members.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, UserId};
use minato_types::project::Role;

use crate::dialect::{execute, fetch_all, row};
use crate::{Conn, Result};

/// Makes a user a member; `Conflict` when it is one already.
pub async fn insert_user(
    conn: &mut Conn,
    project: ProjectId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO project_member (project_id, entity_type, entity_id, role, created_at)
         VALUES ($1, 'u', $2, $3, $4)";
    execute!(conn, SQL, project.0, user.0, role.id(), now.as_micros())?;
    Ok(())
}

/// How many users and groups have each role in a project.
pub async fn count_by_role(conn: &mut Conn, project: ProjectId) -> Result<Vec<(Role, i64)>> {
    row! {
        struct Row { role: i64, n: i64 }
    }
    const SQL: &str =
        "SELECT role, COUNT(*) AS n FROM project_member WHERE project_id = $1 GROUP BY role ORDER BY role";
    let rows = fetch_all!(conn, Row, SQL, project.0)?;
    Ok(rows.into_iter().filter_map(|row| Some((Role::from_id(row.role)?, row.n))).collect())
}
