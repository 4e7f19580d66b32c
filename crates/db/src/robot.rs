//! Rows of robot accounts and of what they may do.
//!
//! A robot's owner, the project that it belongs to or none for the system, comes before its id
//! everywhere, so that a robot of another project is simply not there.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RobotId};
use minato_types::permission::{Action, Resource, SystemResource};
use minato_types::query::Query;
use minato_types::robot::{Creator, Lifetime, Owner, Permission, Robot, RobotGrant, RobotName};
use serde_json::json;

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, row, with_list,
};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: Option<i64>,
        project_name: Option<String>,
        name: String,
        description: String,
        duration: i64,
        disabled: bool,
        creator_type: String,
        creator_ref: i64,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct SecretRow {
        id: i64,
        project_id: Option<i64>,
        secret_hash: String,
        old_secret_hash: Option<String>,
        old_secret_until: i64,
        duration: i64,
        disabled: bool,
        created_at: i64,
    }
}

row! {
    struct PermissionRow {
        robot_id: i64,
        kind: String,
        project_id: Option<i64>,
        project_name: Option<String>,
        resource: String,
        action: String,
        effect: String,
    }
}

row! {
    struct OwnerRow { project_id: Option<i64> }
}

row! {
    struct IdRow { id: i64 }
}

/// What signing in as a robot needs to know.
pub struct Credentials {
    /// The account.
    pub id: RobotId,
    /// Whom it belongs to.
    pub owner: Owner,
    /// PHC string.
    pub secret_hash: String,
    /// The one before it, and until when that is good as well.
    pub old_secret: Option<(String, Timestamp)>,
    /// How long the robot is good for.
    pub duration: Lifetime,
    /// Whether it may not sign in for now.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a new robot is made of, beside its permissions.
pub struct NewRobot<'a> {
    /// Whom it belongs to.
    pub owner: Owner,
    /// Its own name.
    pub name: &'a RobotName,
    /// Free text.
    pub description: &'a str,
    /// PHC string.
    pub secret_hash: &'a str,
    /// How long it is good for.
    pub duration: Lifetime,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Who made it.
    pub creator: Creator,
}

const LIST: Spec = Spec {
    base: "robot r",
    from: "robot r LEFT JOIN project p ON p.id = r.project_id",
    columns: "r.id, r.project_id, p.name AS project_name, r.name, r.description, r.duration, r.disabled,
        r.creator_type, r.creator_ref, r.created_at, r.updated_at",
    key: "r.id",
    fields: &[
        Field { name: "id", sql: "r.id", kind: Kind::Int, sortable: true },
        // Harbor keeps the project's name in front of it.
        Field {
            name: "name",
            sql: "(COALESCE((SELECT n.name || '+' FROM project n WHERE n.id = r.project_id), '') || r.name)",
            kind: Kind::Text,
            sortable: true,
        },
        Field { name: "description", sql: "r.description", kind: Kind::Text, sortable: false },
        Field { name: "disabled", sql: "r.disabled", kind: Kind::Flag, sortable: false },
        Field { name: "duration", sql: "r.duration", kind: Kind::Int, sortable: true },
        Field { name: "expiresat", sql: "r.expires_at", kind: Kind::Int, sortable: true },
        Field { name: "creationtime", sql: "r.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "r.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("r.name", false), ("r.id", false)],
};

impl Row {
    fn into_robot(self, permissions: Vec<Permission>) -> Result<Robot> {
        Ok(Robot {
            id: RobotId(self.id),
            project: self.project_id.map(ProjectId).zip(self.project_name),
            name: self.name.parse().map_err(|_| corrupt("a robot's name"))?,
            description: self.description,
            duration: lifetime(self.duration)?,
            disabled: self.disabled,
            creator: Creator::from_parts(&self.creator_type, self.creator_ref),
            permissions,
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        })
    }
}

impl PermissionRow {
    /// `None` for words that this program does not know: what it can't check, it does not grant.
    fn into_permission(self) -> Option<Permission> {
        let action = Action::from_name(&self.action)?;
        let grant = if self.kind == "system" {
            RobotGrant::System(SystemResource::from_name(&self.resource)?, action)
        } else {
            let project = self.project_id.map(ProjectId);
            RobotGrant::Project(project, Resource::from_name(&self.resource)?, action)
        };
        Some(Permission { grant, project_name: self.project_name, effect: self.effect })
    }
}

fn lifetime(days: i64) -> Result<Lifetime> {
    Lifetime::from_days(days).map_err(|_| corrupt("a robot's duration"))
}

/// What the robot of that name signs in with; `project` is the name of its project, if it has one.
pub async fn credentials(conn: &mut Conn, project: Option<&str>, name: &str) -> Result<Option<Credentials>> {
    const OF_SYSTEM: &str =
        "SELECT r.id, r.project_id, r.secret_hash, r.old_secret_hash, r.old_secret_until, r.duration,
            r.disabled, r.created_at
         FROM robot r WHERE r.project_id IS NULL AND r.name = $1";
    const OF_PROJECT: &str =
        "SELECT r.id, r.project_id, r.secret_hash, r.old_secret_hash, r.old_secret_until, r.duration,
            r.disabled, r.created_at
         FROM project p JOIN robot r ON r.project_id = p.id WHERE p.name = $1 AND r.name = $2";
    let found = match project {
        None => fetch_optional!(conn, SecretRow, OF_SYSTEM, name)?,
        Some(project) => fetch_optional!(conn, SecretRow, OF_PROJECT, project, name)?,
    };
    let Some(row) = found else { return Ok(None) };
    let until = Timestamp::from_micros(row.old_secret_until);
    Ok(Some(Credentials {
        id: RobotId(row.id),
        owner: row.project_id.map(ProjectId).into(),
        secret_hash: row.secret_hash,
        old_secret: row.old_secret_hash.map(|hash| (hash, until)),
        duration: lifetime(row.duration)?,
        disabled: row.disabled,
        created_at: Timestamp::from_micros(row.created_at),
    }))
}

/// What these robots may do, by the robot's id.
pub async fn list_permissions(
    conn: &mut Conn,
    robots: impl IntoIterator<Item = RobotId>,
) -> Result<Vec<(RobotId, Permission)>> {
    const SQL: Sql = with_list!(
        "SELECT rp.robot_id, rp.kind, rp.project_id, p.name AS project_name, rp.resource, rp.action, rp.effect
         FROM robot_permission rp LEFT JOIN project p ON p.id = rp.project_id
         WHERE rp.robot_id IN (",
        int "$1",
        ") ORDER BY rp.robot_id, rp.kind, COALESCE(p.name, ''), rp.resource, rp.action"
    );
    let ids = json_ints(robots.into_iter().map(|robot| robot.0));
    let rows = fetch_all!(conn, PermissionRow, SQL, ids)?;
    let permissions = rows.into_iter().filter_map(|row| {
        let robot = RobotId(row.robot_id);
        Some((robot, row.into_permission()?))
    });
    Ok(permissions.collect())
}

/// Whose the robot with this id is. For deciding on a permission; everything else wants the owner.
pub async fn owner(conn: &mut Conn, id: RobotId) -> Result<Option<Owner>> {
    let found = fetch_optional!(conn, OwnerRow, "SELECT project_id FROM robot WHERE id = $1", id.0)?;
    Ok(found.map(|row| row.project_id.map(ProjectId).into()))
}

/// A window of an owner's robots, and how many there are.
pub async fn list(conn: &mut Conn, owner: Owner, query: &Query, window: Window) -> Result<(Vec<Robot>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    of_owner(&mut listing, owner);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((with_permissions(conn, rows).await?, total))
}

/// A robot of an owner.
pub async fn get(conn: &mut Conn, owner: Owner, id: RobotId) -> Result<Option<Robot>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    of_owner(&mut listing, owner);
    listing.and("r.id = ?", [Arg::Int(id.0)]);
    let rows = listing.page::<Row>(conn, Window { limit: 1, offset: 0 }, 1).await?;
    Ok(with_permissions(conn, rows).await?.into_iter().next())
}

fn of_owner(listing: &mut Listing, owner: Owner) {
    match owner {
        Owner::System => listing.and("r.project_id IS NULL", []),
        Owner::Project(project) => listing.and("r.project_id = ?", [Arg::Int(project.0)]),
    }
}

async fn with_permissions(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Robot>> {
    let mut permissions = list_permissions(conn, rows.iter().map(|row| RobotId(row.id))).await?;
    let robots = rows.into_iter().map(|row| {
        let own =
            permissions.extract_if(.., |(robot, _)| robot.0 == row.id).map(|(_, permission)| permission);
        let own = own.collect();
        row.into_robot(own)
    });
    robots.collect()
}

/// Adds a robot without permissions; `Conflict` when its owner has one of that name.
pub async fn insert(conn: &mut Conn, new: &NewRobot<'_>, now: Timestamp) -> Result<RobotId> {
    const SQL: &str = "INSERT INTO robot (project_id, name, description, secret_hash, duration, expires_at,
            disabled, creator_type, creator_ref, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id";
    let row = fetch_one!(
        conn,
        IdRow,
        SQL,
        new.owner.project().map(|project| project.0),
        new.name.as_str(),
        new.description,
        new.secret_hash,
        new.duration.days(),
        new.duration.ends_at(now),
        new.disabled,
        new.creator.kind(),
        new.creator.id(),
        now.as_micros()
    )?;
    Ok(RobotId(row.id))
}

/// Replaces what a robot may do.
pub async fn set_permissions(conn: &mut Conn, robot: RobotId, permissions: &[Permission]) -> Result<()> {
    const CLEAR: &str = "DELETE FROM robot_permission WHERE robot_id = $1";
    // The lists of rows that the two databases make of a JSON array of arrays.
    const ADD: Sql = Sql {
        sqlite: "INSERT INTO robot_permission (robot_id, kind, project_id, resource, action, effect)
            SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($2)",
        postgres: "INSERT INTO robot_permission (robot_id, kind, project_id, resource, action, effect)
            SELECT $1, e.v ->> 0, (e.v ->> 1)::bigint, e.v ->> 2, e.v ->> 3, e.v ->> 4
            FROM json_array_elements($2::json) AS e (v)",
    };
    let rows = permissions.iter().map(|permission| match permission.grant {
        RobotGrant::System(resource, action) => {
            json!(["system", null, resource.as_str(), action.as_str(), permission.effect])
        }
        RobotGrant::Project(project, resource, action) => {
            let project = project.map(|project| project.0);
            json!(["project", project, resource.as_str(), action.as_str(), permission.effect])
        }
    });
    let rows = serde_json::Value::Array(rows.collect()).to_string();
    execute!(conn, CLEAR, robot.0)?;
    execute!(conn, ADD, robot.0, rows)?;
    Ok(())
}

/// Writes what of a robot can be changed, except its permissions; whether its owner has it.
pub async fn update(conn: &mut Conn, owner: Owner, robot: &Robot, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE robot SET description = $3, disabled = $4, duration = $5, expires_at = $6,
            updated_at = $7
         WHERE id = $2 AND project_id IS NOT DISTINCT FROM $1";
    let touched = execute!(
        conn,
        SQL,
        owner.project().map(|project| project.0),
        robot.id.0,
        robot.description.as_str(),
        robot.disabled,
        robot.duration.days(),
        robot.duration.ends_at(robot.created_at),
        now.as_micros()
    )?;
    Ok(touched > 0)
}

/// Gives a robot a new secret; the one before it is good until `old_until`. Whether its owner has it.
pub async fn update_secret(
    conn: &mut Conn,
    owner: Owner,
    id: RobotId,
    secret_hash: &str,
    old_until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE robot SET old_secret_hash = secret_hash, old_secret_until = $4,
            secret_hash = $3, updated_at = $5
         WHERE id = $2 AND project_id IS NOT DISTINCT FROM $1";
    let owner = owner.project().map(|project| project.0);
    let touched = execute!(conn, SQL, owner, id.0, secret_hash, old_until.as_micros(), now.as_micros())?;
    Ok(touched > 0)
}

/// Replaces the hash of a secret by a better one, unless the secret was changed since `old` was read.
pub async fn upgrade_secret(conn: &mut Conn, id: RobotId, old: &str, new: &str) -> Result<()> {
    const SQL: &str = "UPDATE robot SET secret_hash = $3 WHERE id = $1 AND secret_hash = $2";
    execute!(conn, SQL, id.0, old, new)?;
    Ok(())
}

/// Removes a robot; whether its owner had it.
pub async fn delete(conn: &mut Conn, owner: Owner, id: RobotId) -> Result<bool> {
    const SQL: &str = "DELETE FROM robot WHERE id = $2 AND project_id IS NOT DISTINCT FROM $1";
    Ok(execute!(conn, SQL, owner.project().map(|project| project.0), id.0)? > 0)
}
