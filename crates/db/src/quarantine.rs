//! Bytes that a check has set aside: orphans until their time is over, damaged ones until somebody
//! drops them or their blob goes.

use minato_types::clock::Timestamp;
use minato_types::id::QuarantineId;
use minato_types::query::Query;

use crate::dialect::{Sql, execute, fetch_all, fetch_one, json_texts, row, skipping_locked, with_list};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        storage_key: String,
        digest: String,
        size: i64,
        reason: String,
        found_at: i64,
        due_at: Option<i64>,
    }
}

row! {
    struct DueRow { n: i64 }
}

/// Bytes set aside.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Row id.
    pub id: QuarantineId,
    /// Where the store keeps them.
    pub storage_key: String,
    /// Their digest, or what it should be; empty where the store can't tell.
    pub digest: String,
    /// How many they are.
    pub size: i64,
    /// Why: `orphan`, `size` or `content`.
    pub reason: String,
    /// Since when.
    pub found_at: Timestamp,
    /// When they become garbage; `None` when somebody says so.
    pub due_at: Option<Timestamp>,
}

/// Bytes to be set aside.
pub struct NewAside<'a> {
    /// Where the store keeps them.
    pub storage_key: &'a str,
    /// Their digest, or what it should be; empty where the store can't tell.
    pub digest: &'a str,
    /// How many they are.
    pub size: u64,
    /// Why.
    pub reason: &'a str,
    /// When they become garbage; `None` when somebody says so.
    pub due_at: Option<Timestamp>,
}

const LIST: Spec = Spec {
    base: "quarantine q",
    from: "quarantine q",
    columns: "q.id, q.storage_key, q.digest, q.size, q.reason, q.found_at, q.due_at",
    key: "q.id",
    fields: &[
        Field { name: "id", sql: "q.id", kind: Kind::Int, sortable: true },
        Field { name: "digest", sql: "q.digest", kind: Kind::Text, sortable: false },
        Field { name: "reason", sql: "q.reason", kind: Kind::Text, sortable: false },
    ],
    order: &[("q.id", true)],
};

impl From<Row> for Aside {
    fn from(row: Row) -> Self {
        Self {
            id: QuarantineId(row.id),
            storage_key: row.storage_key,
            digest: row.digest,
            size: row.size,
            reason: row.reason,
            found_at: Timestamp::from_micros(row.found_at),
            due_at: row.due_at.map(Timestamp::from_micros),
        }
    }
}

/// Sets bytes aside, unless they are already; whether they were not.
pub async fn insert(conn: &mut Conn, new: &NewAside<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str = "INSERT INTO quarantine (storage_key, digest, size, reason, found_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (storage_key) DO NOTHING";
    let size = i64::try_from(new.size).unwrap_or(i64::MAX);
    let due_at = new.due_at.map(Timestamp::as_micros);
    let made = execute!(conn, SQL, new.storage_key, new.digest, size, new.reason, now.as_micros(), due_at)?;
    Ok(made > 0)
}

/// Forgets bytes that are gone, or that are a healthy blob's.
pub async fn delete_by_key(conn: &mut Conn, keys: &[&str]) -> Result<()> {
    const SQL: Sql = with_list!("DELETE FROM quarantine WHERE storage_key IN (", text "$1", ")");
    execute!(conn, SQL, json_texts(keys.iter().copied()))?;
    Ok(())
}

/// Keeps bytes until somebody says otherwise; whether there are such.
pub async fn keep(conn: &mut Conn, id: QuarantineId) -> Result<bool> {
    Ok(execute!(conn, "UPDATE quarantine SET due_at = NULL WHERE id = $1", id.0)? > 0)
}

/// Lets bytes become garbage at `due_at`; whether there are such that no blob has for its own.
pub async fn let_go(conn: &mut Conn, id: QuarantineId, due_at: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE quarantine SET due_at = $2 WHERE id = $1
         AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.storage_key = quarantine.storage_key)";
    Ok(execute!(conn, SQL, id.0, due_at.as_micros())? > 0)
}

/// Turns bytes whose time is over into garbage, but for those that a blob has for its own by now;
/// how many there were.
pub async fn release(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<usize> {
    const TAKE: Sql = skipping_locked!(
        "DELETE FROM quarantine WHERE id IN
            (SELECT id FROM quarantine WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
        ") RETURNING id, storage_key, digest, size, reason, found_at, due_at"
    );
    const PUT: &str = "INSERT INTO garbage (storage_key, digest, size, created_at, taken_until)
         SELECT v.storage_key, v.digest, v.size, v.created_at, 0
         FROM (SELECT CAST($1 AS TEXT) AS storage_key, CAST($2 AS TEXT) AS digest, CAST($3 AS BIGINT) AS size,
                CAST($4 AS BIGINT) AS created_at) v
         WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.storage_key = v.storage_key)";
    let due = fetch_all!(conn, Row, TAKE, now.as_micros(), limit)?;
    for row in &due {
        execute!(conn, PUT, row.storage_key.as_str(), row.digest.as_str(), row.size, now.as_micros())?;
    }
    Ok(due.len())
}

/// Whether there are bytes whose time is over.
pub async fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM
         (SELECT 1 AS one FROM quarantine WHERE due_at <= $1 LIMIT 1) due";
    Ok(fetch_one!(conn, DueRow, SQL, now.as_micros())?.n > 0)
}

/// Lists what is set aside, newest first.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<Aside>, i64)> {
    let listing = Listing::new(&LIST, query)?;
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Aside::from).collect(), total))
}

/// What is set aside under this id.
pub async fn get(conn: &mut Conn, id: QuarantineId) -> Result<Option<Aside>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and("q.id = ?", [Arg::Int(id.0)]);
    let rows: Vec<Row> = listing.page(conn, Window { limit: 1, offset: 0 }, 1).await?;
    Ok(rows.into_iter().next().map(Aside::from))
}
