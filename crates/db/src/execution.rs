//! Rows of executions: what was asked for, and what became of all its tasks together.

use std::collections::BTreeMap;

use minato_types::clock::Timestamp;
use minato_types::id::ExecutionId;
use minato_types::job::{Status, Trigger};
use minato_types::query::Query;

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, json_ints, row, skipping_locked, with_list,
};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct IdRow { id: i64 }
}

row! {
    struct Row {
        id: i64,
        vendor_type: String,
        vendor_id: i64,
        cause: String,
        status: String,
        message: String,
        attributes: String,
        started_at: i64,
        updated_at: i64,
        ended_at: Option<i64>,
    }
}

row! {
    struct CountRow { id: i64, status: String, n: i64 }
}

row! {
    struct EndedRow { id: i64, vendor_type: String, vendor_id: i64 }
}

/// An execution.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Row id.
    pub id: ExecutionId,
    /// What kind of thing it was done for, in Harbor's word.
    pub vendor_type: String,
    /// Which of them.
    pub vendor_id: i64,
    /// Why.
    pub trigger: Trigger,
    /// What became of its tasks together; running until the last has ended.
    pub status: Status,
    /// What went wrong first.
    pub message: String,
    /// What is known of it, as a JSON object.
    pub attributes: String,
    /// When it was made.
    pub started_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When its last task ended.
    pub ended_at: Option<Timestamp>,
}

/// An execution to be added.
pub struct NewExecution<'a> {
    /// What kind of thing it is done for.
    pub vendor_type: &'a str,
    /// Which of them.
    pub vendor_id: i64,
    /// Why.
    pub trigger: Trigger,
    /// What is known of it, as a JSON object.
    pub attributes: &'a str,
}

/// An execution that has just ended.
pub struct Ended {
    /// Row id.
    pub id: ExecutionId,
    /// What kind of thing it was done for.
    pub vendor_type: String,
    /// Which of them.
    pub vendor_id: i64,
}

impl TryFrom<Row> for Execution {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ExecutionId(row.id),
            vendor_type: row.vendor_type,
            vendor_id: row.vendor_id,
            trigger: Trigger::parse(&row.cause).ok_or_else(|| corrupt("an execution's trigger"))?,
            status: Status::parse(&row.status).ok_or_else(|| corrupt("an execution's status"))?,
            message: row.message,
            attributes: row.attributes,
            started_at: Timestamp::from_micros(row.started_at),
            updated_at: Timestamp::from_micros(row.updated_at),
            ended_at: row.ended_at.map(Timestamp::from_micros),
        })
    }
}

const LIST: Spec = Spec {
    base: "execution e",
    from: "execution e",
    columns: "e.id, e.vendor_type, e.vendor_id, e.cause, e.status, e.message, e.attributes, e.started_at,
        e.updated_at, e.ended_at",
    key: "e.id",
    fields: &[
        Field { name: "id", sql: "e.id", kind: Kind::Int, sortable: true },
        Field { name: "vendortype", sql: "e.vendor_type", kind: Kind::Text, sortable: false },
        Field { name: "vendorid", sql: "e.vendor_id", kind: Kind::Int, sortable: false },
        Field { name: "trigger", sql: "e.cause", kind: Kind::Text, sortable: false },
        Field { name: "status", sql: "e.status", kind: Kind::Text, sortable: false },
        Field { name: "starttime", sql: "e.started_at", kind: Kind::Time, sortable: false },
        Field { name: "endtime", sql: "e.ended_at", kind: Kind::Time, sortable: false },
    ],
    order: &[("e.id", true)],
};

/// Adds an execution.
pub async fn insert(conn: &mut Conn, new: &NewExecution<'_>, now: Timestamp) -> Result<ExecutionId> {
    const SQL: &str = "INSERT INTO execution
            (vendor_type, vendor_id, cause, status, message, attributes, started_at, updated_at)
         VALUES ($1, $2, $3, 'Running', '', $4, $5, $5) RETURNING id";
    let (cause, now) = (new.trigger.as_str(), now.as_micros());
    let row = fetch_one!(conn, IdRow, SQL, new.vendor_type, new.vendor_id, cause, new.attributes, now)?;
    Ok(ExecutionId(row.id))
}

/// Executions for these kinds of things, newest first; of these things only with `vendor_ids`.
pub async fn list(
    conn: &mut Conn,
    vendor_types: &[&str],
    vendor_ids: Option<&[i64]>,
    query: &Query,
    window: Window,
) -> Result<(Vec<Execution>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and_any("e.vendor_type", vendor_types.iter().map(|kind| Arg::Text((*kind).to_owned())));
    if let Some(ids) = vendor_ids {
        listing.and_any("e.vendor_id", ids.iter().map(|id| Arg::Int(*id)));
    }
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Execution::try_from).collect::<Result<_>>()?, total))
}

/// The execution, if it was made for one of these kinds of things.
pub async fn get(conn: &mut Conn, vendor_types: &[&str], id: ExecutionId) -> Result<Option<Execution>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and_any("e.vendor_type", vendor_types.iter().map(|kind| Arg::Text((*kind).to_owned())));
    listing.and("e.id = ?", [Arg::Int(id.0)]);
    let rows: Vec<Row> = listing.page(conn, Window { limit: 1, offset: 0 }, 1).await?;
    rows.into_iter().next().map(Execution::try_from).transpose()
}

/// How many tasks of each status these executions have.
pub async fn count_tasks(
    conn: &mut Conn,
    executions: impl IntoIterator<Item = ExecutionId>,
) -> Result<BTreeMap<ExecutionId, Vec<(Status, i64)>>> {
    const SQL: Sql = with_list!(
        "SELECT execution_id AS id, status, COUNT(*) AS n FROM task WHERE execution_id IN (",
        int "$1",
        ") GROUP BY execution_id, status"
    );
    let list = json_ints(executions.into_iter().map(|id| id.0));
    let mut counts: BTreeMap<ExecutionId, Vec<(Status, i64)>> = BTreeMap::new();
    for row in fetch_all!(conn, CountRow, SQL, list)? {
        let status = Status::parse(&row.status).ok_or_else(|| corrupt("a task's status"))?;
        counts.entry(ExecutionId(row.id)).or_default().push((status, row.n));
    }
    Ok(counts)
}

/// Ends those of these executions whose tasks have all ended. The caller has locked them.
pub async fn settle(conn: &mut Conn, executions: &[i64], now: Timestamp) -> Result<Vec<Ended>> {
    const SQL: Sql = with_list!(
        "UPDATE execution SET ended_at = $2, updated_at = $2,
            status = CASE
                WHEN EXISTS (SELECT 1 FROM task t WHERE t.execution_id = execution.id AND t.status = 'Error')
                    THEN 'Error'
                WHEN EXISTS (SELECT 1 FROM task t WHERE t.execution_id = execution.id AND t.status = 'Stopped')
                    THEN 'Stopped'
                ELSE 'Success' END,
            message = COALESCE((SELECT t.message FROM task t
                WHERE t.execution_id = execution.id AND t.status = 'Error' ORDER BY t.id LIMIT 1), '')
         WHERE ended_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM task t WHERE t.execution_id = execution.id
                AND t.status IN ('Pending', 'Scheduled', 'Running'))
            AND id IN (",
        int "$1",
        ") RETURNING id, vendor_type, vendor_id"
    );
    if executions.is_empty() {
        return Ok(Vec::new());
    }
    let list = json_ints(executions.iter().copied());
    let rows = fetch_all!(conn, EndedRow, SQL, list, now.as_micros())?;
    Ok(rows
        .into_iter()
        .map(|row| Ended { id: ExecutionId(row.id), vendor_type: row.vendor_type, vendor_id: row.vendor_id })
        .collect())
}

/// Drops all but the newest `keep` of the ended executions for one thing.
pub async fn trim(conn: &mut Conn, vendor_type: &str, vendor_id: i64, keep: i64) -> Result<u64> {
    // Two that end at once would drop the same. Those that are kept are counted, not locked.
    const SQL: Sql = skipping_locked!(
        "DELETE FROM execution WHERE id IN (SELECT id FROM execution
             WHERE vendor_type = $1 AND vendor_id = $2 AND ended_at IS NOT NULL AND id <= (SELECT e.id
                FROM execution e WHERE e.vendor_type = $1 AND e.vendor_id = $2 AND e.ended_at IS NOT NULL
                ORDER BY e.id DESC LIMIT 1 OFFSET $3)
             ORDER BY id DESC LIMIT 1000",
        ")"
    );
    execute!(conn, SQL, vendor_type, vendor_id, keep)
}

/// Whether an execution for this thing has not ended.
pub async fn is_running(conn: &mut Conn, vendor_type: &str, vendor_id: i64) -> Result<bool> {
    const SQL: &str = "SELECT id FROM execution
         WHERE vendor_type = $1 AND vendor_id = $2 AND ended_at IS NULL LIMIT 1";
    Ok(!fetch_all!(conn, IdRow, SQL, vendor_type, vendor_id)?.is_empty())
}

/// Drops all executions for one thing, with their tasks, whatever they do.
pub async fn delete_all(conn: &mut Conn, vendor_type: &str, vendor_id: i64) -> Result<()> {
    const SQL: &str = "DELETE FROM execution WHERE id IN (SELECT id FROM execution
             WHERE vendor_type = $1 AND vendor_id = $2 ORDER BY id LIMIT 1000)";
    while execute!(conn, SQL, vendor_type, vendor_id)? > 0 {}
    Ok(())
}

/// All things that have ended executions: vendor type and id.
pub async fn list_vendors(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    const SQL: &str = "SELECT DISTINCT CAST(0 AS BIGINT) AS id, vendor_type, vendor_id FROM execution
         WHERE ended_at IS NOT NULL";
    let rows = fetch_all!(conn, EndedRow, SQL)?;
    Ok(rows.into_iter().map(|row| (row.vendor_type, row.vendor_id)).collect())
}
