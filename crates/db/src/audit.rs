//! Rows of the audit log.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, UserId};
use minato_types::project::Role;
use minato_types::query::Query;

use crate::dialect::{Sql, execute, fetch_one, fetch_optional, row};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct CountRow { n: i64 }
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct Record {
    /// When it happened.
    pub at: Timestamp,
    /// In which project; 0 is none.
    pub project: ProjectId,
    /// Who did it.
    pub username: String,
    /// What was done.
    pub operation: &'static str,
    /// To what kind of thing.
    pub resource_type: &'static str,
    /// To which.
    pub resource: String,
    /// The same in words.
    pub description: String,
    /// Whether it was done, or only tried.
    pub succeeded: bool,
}

/// An entry of the log.
pub struct Stored {
    /// Row id.
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub username: String,
    /// What was done.
    pub operation: String,
    /// To what kind of thing.
    pub resource_type: String,
    /// To which.
    pub resource: String,
    /// The same in words.
    pub description: String,
    /// Whether it was done, or only tried.
    pub succeeded: bool,
}

/// Which entries somebody sees.
#[derive(Clone, Debug)]
pub enum Scope {
    /// All.
    All,
    /// Those of any project.
    AllProjects,
    /// Those of these projects.
    Projects(Vec<ProjectId>),
    /// Those of projects in which the user has one of these roles.
    Roles(UserId, Vec<Role>),
}

row! {
    struct Row {
        id: i64,
        op_time: i64,
        username: String,
        operation: String,
        resource_type: String,
        resource: String,
        description: String,
        succeeded: bool,
    }
}

const LIST: Spec = Spec {
    base: "audit_log a",
    from: "audit_log a",
    columns: "a.id, a.op_time, a.username, a.operation, a.resource_type, a.resource, a.description, a.succeeded",
    key: "a.id",
    fields: &[
        Field { name: "id", sql: "a.id", kind: Kind::Int, sortable: true },
        Field { name: "optime", sql: "a.op_time", kind: Kind::Time, sortable: true },
        Field { name: "creationtime", sql: "a.op_time", kind: Kind::Time, sortable: true },
        Field { name: "projectid", sql: "a.project_id", kind: Kind::Int, sortable: true },
        Field { name: "username", sql: "a.username", kind: Kind::Text, sortable: true },
        Field { name: "operation", sql: "a.operation", kind: Kind::Text, sortable: true },
        Field { name: "resourcetype", sql: "a.resource_type", kind: Kind::Text, sortable: true },
        Field { name: "resource", sql: "a.resource", kind: Kind::Text, sortable: true },
        Field { name: "operationresult", sql: "a.succeeded", kind: Kind::Flag, sortable: false },
    ],
    order: &[("a.op_time", true), ("a.id", true)],
};

impl Scope {
    /// The condition on a row `a`.
    fn condition(&self) -> String {
        let list =
            |numbers: Vec<String>| if numbers.is_empty() { "-1".to_owned() } else { numbers.join(", ") };
        match self {
            Self::All => "TRUE".to_owned(),
            Self::AllProjects => "a.project_id <> 0".to_owned(),
            Self::Projects(ids) => {
                format!("a.project_id IN ({})", list(ids.iter().map(ToString::to_string).collect()))
            }
            Self::Roles(user, roles) => format!(
                "a.project_id IN (SELECT m.project_id FROM project_member m
                    WHERE m.entity_type = 'u' AND m.entity_id = {user} AND m.role IN ({}))",
                list(roles.iter().map(|role| role.id().to_string()).collect())
            ),
        }
    }
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: Timestamp::from_micros(row.op_time),
            username: row.username,
            operation: row.operation,
            resource_type: row.resource_type,
            resource: row.resource,
            description: row.description,
            succeeded: row.succeeded,
        }
    }
}

/// A window of the entries that `scope` lets see, newest first, and how many there are.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    query: &Query,
    window: Window,
) -> Result<(Vec<Stored>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and(&scope.condition(), []);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Stored::from).collect(), total))
}

/// How many entries before `before` tell of one of `types`: what was done, and to what.
pub async fn count_older(conn: &mut Conn, before: Timestamp, types: &[(&str, &str)]) -> Result<i64> {
    const SQL: Sql = Sql {
        sqlite: "SELECT COUNT(*) AS n FROM audit_log WHERE op_time < $1 AND (operation, resource_type) IN
            (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($2))",
        postgres: "SELECT COUNT(*) AS n FROM audit_log WHERE op_time < $1 AND (operation, resource_type) IN
            (SELECT e->>0, e->>1 FROM json_array_elements($2::json) AS e)",
    };
    Ok(fetch_one!(conn, CountRow, SQL, before.as_micros(), serde_json::json!(types).to_string())?.n)
}

/// The ids of the first entry and of the last before `before`.
pub async fn range_before(conn: &mut Conn, before: Timestamp) -> Result<Option<(i64, i64)>> {
    const FIRST: &str = "SELECT COALESCE(MIN(id), 0) AS n FROM audit_log";
    const LAST: &str = "SELECT id AS n FROM audit_log WHERE op_time < $1
         ORDER BY op_time DESC, id DESC LIMIT 1";
    let last = fetch_optional!(conn, CountRow, LAST, before.as_micros())?;
    let Some(last) = last else { return Ok(None) };
    Ok(Some((fetch_one!(conn, CountRow, FIRST)?.n, last.n)))
}

/// Drops those of them whose ids are in a range; how many.
pub async fn delete_older(
    conn: &mut Conn,
    before: Timestamp,
    types: &[(&str, &str)],
    (first, last): (i64, i64),
) -> Result<u64> {
    const SQL: Sql = Sql {
        sqlite: "DELETE FROM audit_log WHERE id BETWEEN $3 AND $4 AND op_time < $1
            AND (operation, resource_type) IN
                (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($2))",
        postgres: "DELETE FROM audit_log WHERE id BETWEEN $3 AND $4 AND op_time < $1
            AND (operation, resource_type) IN
                (SELECT e->>0, e->>1 FROM json_array_elements($2::json) AS e)",
    };
    execute!(conn, SQL, before.as_micros(), serde_json::json!(types).to_string(), first, last)
}

/// Writes entries, all in one statement.
pub async fn insert(conn: &mut Conn, records: &[&Record]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO audit_log
            (op_time, project_id, username, operation, resource_type, resource, description, succeeded)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'),
                json_extract(value, '$[6]'), json_extract(value, '$[7]')
         FROM json_each($1) ORDER BY key",
        postgres: "INSERT INTO audit_log
            (op_time, project_id, username, operation, resource_type, resource, description, succeeded)
         SELECT (e->>0)::bigint, (e->>1)::bigint, e->>2, e->>3, e->>4, e->>5, e->>6, (e->>7)::boolean
         FROM json_array_elements($1::json) WITH ORDINALITY AS r (e, n) ORDER BY n",
    };
    let row = |record: &&Record| {
        serde_json::json!([
            record.at.as_micros(),
            record.project.0,
            record.username,
            record.operation,
            record.resource_type,
            record.resource,
            record.description,
            record.succeeded,
        ])
    };
    let rows = serde_json::Value::Array(records.iter().map(row).collect());
    execute!(conn, SQL, rows.to_string())?;
    Ok(())
}
