//! Rows of labels, and which artifacts have them.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, LabelId, ProjectId};
use minato_types::label::Label;
use minato_types::query::Query;

use crate::dialect::{execute, fetch_one, fetch_optional, row};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: Option<i64>,
        name: String,
        description: String,
        color: String,
        created_at: i64,
        updated_at: i64,
    }
}

const LIST: Spec = Spec {
    base: "label l",
    from: "label l",
    columns: "l.id, l.project_id, l.name, l.description, l.color, l.created_at, l.updated_at",
    key: "l.id",
    fields: &[
        Field { name: "id", sql: "l.id", kind: Kind::Int, sortable: true },
        Field { name: "name", sql: "l.name", kind: Kind::Text, sortable: true },
        Field { name: "color", sql: "l.color", kind: Kind::Text, sortable: false },
        Field { name: "creationtime", sql: "l.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "l.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("l.name", false), ("l.id", false)],
};

/// What a label says.
#[derive(Clone, Debug)]
pub struct LabelText {
    /// Its word.
    pub name: String,
    /// Free text.
    pub description: String,
    /// As stylesheets have it.
    pub color: String,
}

impl From<Row> for Label {
    fn from(row: Row) -> Self {
        Self {
            id: LabelId(row.id),
            project: row.project_id.map(ProjectId),
            name: row.name,
            description: row.description,
            color: row.color,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

/// A window of a project's labels, or of those for all, and how many there are.
pub async fn list(
    conn: &mut Conn,
    project: Option<ProjectId>,
    query: &Query,
    window: Window,
) -> Result<(Vec<Label>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    match project {
        Some(id) => listing.and("l.project_id = ?", [Arg::Int(id.0)]),
        None => listing.and("l.project_id IS NULL", []),
    }
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Label::from).collect(), total))
}

/// A label by its id; whose it is, the caller has to look at.
pub async fn get(conn: &mut Conn, id: LabelId) -> Result<Option<Label>> {
    const SQL: &str = "SELECT id, project_id, name, description, color, created_at, updated_at
         FROM label WHERE id = $1";
    Ok(fetch_optional!(conn, Row, SQL, id.0)?.map(Label::from))
}

/// Adds a label; `Conflict` when there is one of that name, `Referenced` when the project is gone.
pub async fn insert(
    conn: &mut Conn,
    project: Option<ProjectId>,
    text: &LabelText,
    now: Timestamp,
) -> Result<LabelId> {
    row! {
        struct IdRow { id: i64 }
    }
    const SQL: &str = "INSERT INTO label (project_id, name, description, color, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) RETURNING id";
    let row = fetch_one!(
        conn,
        IdRow,
        SQL,
        project.map(|id| id.0),
        text.name.as_str(),
        text.description.as_str(),
        text.color.as_str(),
        now.as_micros()
    )?;
    Ok(LabelId(row.id))
}

/// Changes what a label says; whether there is one. `Conflict` when the name is taken.
pub async fn update(conn: &mut Conn, id: LabelId, text: &LabelText, now: Timestamp) -> Result<bool> {
    const SQL: &str =
        "UPDATE label SET name = $2, description = $3, color = $4, updated_at = $5 WHERE id = $1";
    let touched = execute!(
        conn,
        SQL,
        id.0,
        text.name.as_str(),
        text.description.as_str(),
        text.color.as_str(),
        now.as_micros()
    )?;
    Ok(touched > 0)
}

/// Removes a label, also from artifacts; whether there was one.
pub async fn delete(conn: &mut Conn, id: LabelId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM label WHERE id = $1", id.0)? > 0)
}

/// Puts a label on an artifact of a project, if it is the project's or for all; whether it is.
/// `Conflict` when the artifact has it already.
pub async fn attach(
    conn: &mut Conn,
    project: ProjectId,
    artifact: ArtifactId,
    label: LabelId,
) -> Result<bool> {
    const SQL: &str = "INSERT INTO artifact_label (artifact_id, label_id)
         SELECT $2, id FROM label WHERE id = $3 AND (project_id = $1 OR project_id IS NULL)";
    Ok(execute!(conn, SQL, project.0, artifact.0, label.0)? > 0)
}

/// Takes a label from an artifact; whether it had it.
pub async fn detach(conn: &mut Conn, artifact: ArtifactId, label: LabelId) -> Result<bool> {
    const SQL: &str = "DELETE FROM artifact_label WHERE artifact_id = $1 AND label_id = $2";
    Ok(execute!(conn, SQL, artifact.0, label.0)? > 0)
}
