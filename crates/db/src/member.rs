//! Rows of project members.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, UserId};
use minato_types::project::Role;

use crate::dialect::{execute, fetch_one, row};
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

/// Whether a user administers any project.
pub async fn administers_any(conn: &mut Conn, user: UserId) -> Result<bool> {
    row! {
        struct Found { n: i64 }
    }
    const SQL: &str = "SELECT COUNT(*) AS n FROM project_member
         WHERE entity_type = 'u' AND entity_id = $1 AND role = $2";
    let found = fetch_one!(conn, Found, SQL, user.0, Role::ProjectAdmin.id())?;
    Ok(found.n > 0)
}
