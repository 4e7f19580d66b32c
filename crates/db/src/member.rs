//! Rows of project members.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, UserId};
use minato_types::project::Role;

use crate::dialect::execute;
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
