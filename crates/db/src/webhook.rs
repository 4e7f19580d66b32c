//! Rows of webhook policies: whom to tell of what happens in a project.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, WebhookId};
use minato_types::query::Query;

use crate::dialect::{corrupt, execute, fetch_all, fetch_one, fetch_optional, row};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: i64,
        name: String,
        description: String,
        targets: String,
        event_types: String,
        enabled: bool,
        creator: String,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct IdRow { id: i64 }
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Row id; counts for nothing in a new one.
    pub id: WebhookId,
    /// Its project.
    pub project: ProjectId,
    /// Its name, one of a kind in the project.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// A JSON array; there are secrets in it.
    pub targets: String,
    /// The words of the events it is for.
    pub event_types: Vec<String>,
    /// Whether it is carried out.
    pub enabled: bool,
    /// Who made it.
    pub creator: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl TryFrom<Row> for Policy {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: WebhookId(row.id),
            project: ProjectId(row.project_id),
            name: row.name,
            description: row.description,
            targets: row.targets,
            event_types: serde_json::from_str(&row.event_types).map_err(|_| corrupt("types of events"))?,
            enabled: row.enabled,
            creator: row.creator,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        })
    }
}

const LIST: Spec = Spec {
    base: "webhook_policy w",
    from: "webhook_policy w",
    columns: "w.id, w.project_id, w.name, w.description, w.targets, w.event_types, w.enabled, w.creator,
        w.created_at, w.updated_at",
    key: "w.id",
    fields: &[
        Field { name: "id", sql: "w.id", kind: Kind::Int, sortable: true },
        Field { name: "name", sql: "w.name", kind: Kind::Text, sortable: true },
        Field { name: "description", sql: "w.description", kind: Kind::Text, sortable: false },
        Field { name: "enabled", sql: "w.enabled", kind: Kind::Flag, sortable: false },
        Field { name: "creationtime", sql: "w.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "w.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("w.id", false)],
};

/// The policies of a project.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    query: &Query,
    window: Window,
) -> Result<(Vec<Policy>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("w.project_id = ?", [Arg::Int(project.0)]);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Policy::try_from).collect::<Result<_>>()?, total))
}

/// A policy of a project.
pub async fn get(conn: &mut Conn, project: ProjectId, id: WebhookId) -> Result<Option<Policy>> {
    const SQL: &str = "SELECT id, project_id, name, description, targets, event_types, enabled, creator,
            created_at, updated_at
         FROM webhook_policy WHERE project_id = $1 AND id = $2";
    fetch_optional!(conn, Row, SQL, project.0, id.0)?.map(Policy::try_from).transpose()
}

/// How many deliveries of a policy have not ended yet, up to `most`. `vendor_type` says which ones.
pub async fn count_open(conn: &mut Conn, vendor_type: &str, id: WebhookId, most: i64) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS id FROM (SELECT id FROM execution
             WHERE vendor_type = $1 AND vendor_id = $2 AND ended_at IS NULL LIMIT $3) AS open";
    Ok(fetch_one!(conn, IdRow, SQL, vendor_type, id.0, most)?.id)
}

/// The policies of a project that are carried out.
pub async fn list_enabled(conn: &mut Conn, project: ProjectId) -> Result<Vec<Policy>> {
    const SQL: &str = "SELECT id, project_id, name, description, targets, event_types, enabled, creator,
            created_at, updated_at
         FROM webhook_policy WHERE project_id = $1 AND enabled ORDER BY id";
    fetch_all!(conn, Row, SQL, project.0)?.into_iter().map(Policy::try_from).collect()
}

fn words(types: &[String]) -> String {
    serde_json::json!(types).to_string()
}

/// Adds a policy; `Conflict` when the project has one of that name.
pub async fn insert(conn: &mut Conn, new: &Policy) -> Result<WebhookId> {
    const SQL: &str = "INSERT INTO webhook_policy
            (project_id, name, description, targets, event_types, enabled, creator, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id";
    let Policy { project, name, description, targets, event_types, enabled, creator, created_at, .. } = new;
    let (name, description, targets) = (name.as_str(), description.as_str(), targets.as_str());
    let (types, at) = (words(event_types), created_at.as_micros());
    let creator = creator.as_str();
    let row =
        fetch_one!(conn, IdRow, SQL, project.0, name, description, targets, types, *enabled, creator, at)?;
    Ok(WebhookId(row.id))
}

/// Changes a policy; whether there is one. `Conflict` when another has that name.
pub async fn update(conn: &mut Conn, policy: &Policy) -> Result<bool> {
    const SQL: &str = "UPDATE webhook_policy SET name = $3, description = $4, targets = $5, event_types = $6,
            enabled = $7, updated_at = $8
         WHERE project_id = $1 AND id = $2";
    let Policy { project, id, name, description, targets, event_types, enabled, updated_at, .. } = policy;
    let (name, description, targets) = (name.as_str(), description.as_str(), targets.as_str());
    let (types, at) = (words(event_types), updated_at.as_micros());
    Ok(execute!(conn, SQL, project.0, id.0, name, description, targets, types, *enabled, at)? > 0)
}

/// Drops a policy.
pub async fn delete(conn: &mut Conn, project: ProjectId, id: WebhookId) -> Result<bool> {
    const SQL: &str = "DELETE FROM webhook_policy WHERE project_id = $1 AND id = $2";
    Ok(execute!(conn, SQL, project.0, id.0)? > 0)
}
