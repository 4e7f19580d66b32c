//! Rows of project members.

use minato_types::clock::Timestamp;
use minato_types::id::{MemberId, ProjectId, UserId};
use minato_types::member::{Entity, Member};
use minato_types::project::Role;
use minato_types::query::Query;

use crate::dialect::{corrupt, execute, fetch_all, fetch_one, fetch_optional, row};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: i64,
        entity_type: String,
        entity_id: i64,
        entity_name: String,
        role: i64,
    }
}

row! {
    struct IdRow { id: i64 }
}

const FROM: &str = "project_member m
    LEFT JOIN users u ON m.entity_type = 'u' AND u.id = m.entity_id
    LEFT JOIN user_group g ON m.entity_type = 'g' AND g.id = m.entity_id";

const NAME: &str = "COALESCE(u.username, g.name, '')";

const LIST: Spec = Spec {
    base: FROM,
    from: FROM,
    columns: "m.id, m.project_id, m.entity_type, m.entity_id, m.role,
        COALESCE(u.username, g.name, '') AS entity_name",
    key: "m.id",
    fields: &[Field { name: "entityname", sql: NAME, kind: Kind::Text, sortable: false }],
    order: &[(NAME, false), ("m.id", false)],
};

impl TryFrom<Row> for Member {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let entity = Entity::from_parts(&row.entity_type, row.entity_id);
        Ok(Self {
            id: MemberId(row.id),
            project: ProjectId(row.project_id),
            entity: entity.ok_or_else(|| corrupt("a member's type"))?,
            name: row.entity_name,
            role: Role::from_id(row.role).ok_or_else(|| corrupt("a member's role"))?,
        })
    }
}

/// A window of a project's members by name, and how many there are.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    query: &Query,
    window: Window,
) -> Result<(Vec<Member>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("m.project_id = ?", [Arg::Int(project.0)]);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Member::try_from).collect::<Result<_>>()?, total))
}

/// A member of a project.
pub async fn get(conn: &mut Conn, project: ProjectId, id: MemberId) -> Result<Option<Member>> {
    const SQL: &str = "SELECT m.id, m.project_id, m.entity_type, m.entity_id, m.role,
            COALESCE(u.username, g.name, '') AS entity_name
         FROM project_member m
         LEFT JOIN users u ON m.entity_type = 'u' AND u.id = m.entity_id
         LEFT JOIN user_group g ON m.entity_type = 'g' AND g.id = m.entity_id
         WHERE m.project_id = $1 AND m.id = $2";
    fetch_optional!(conn, Row, SQL, project.0, id.0)?.map(Member::try_from).transpose()
}

/// Makes a user or a group a member; `Conflict` when it is one already.
pub async fn insert(
    conn: &mut Conn,
    project: ProjectId,
    entity: Entity,
    role: Role,
    now: Timestamp,
) -> Result<MemberId> {
    const SQL: &str = "INSERT INTO project_member (project_id, entity_type, entity_id, role, created_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let row =
        fetch_one!(conn, IdRow, SQL, project.0, entity.letter(), entity.id(), role.id(), now.as_micros())?;
    Ok(MemberId(row.id))
}

/// Makes a user a member; `Conflict` when it is one already.
pub async fn insert_user(
    conn: &mut Conn,
    project: ProjectId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    insert(conn, project, Entity::User(user), role, now).await.map(|_| ())
}

/// Gives a member another role; whether there is such a member.
pub async fn update_role(conn: &mut Conn, project: ProjectId, id: MemberId, role: Role) -> Result<bool> {
    const SQL: &str = "UPDATE project_member SET role = $3 WHERE project_id = $1 AND id = $2";
    Ok(execute!(conn, SQL, project.0, id.0, role.id())? > 0)
}

/// Removes a member; whether there was one.
pub async fn delete(conn: &mut Conn, project: ProjectId, id: MemberId) -> Result<bool> {
    const SQL: &str = "DELETE FROM project_member WHERE project_id = $1 AND id = $2";
    Ok(execute!(conn, SQL, project.0, id.0)? > 0)
}

/// Removes a user or a group from all projects.
pub async fn delete_of_entity(conn: &mut Conn, entity: Entity) -> Result<()> {
    const SQL: &str = "DELETE FROM project_member WHERE entity_type = $1 AND entity_id = $2";
    execute!(conn, SQL, entity.letter(), entity.id())?;
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
