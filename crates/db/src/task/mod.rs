//! Rows of tasks: adding, showing, counting and stopping them, and what they logged. How workers
//! take tasks and give them back is in `turn`.

mod ending;
mod turn;

use std::collections::HashMap;

use ending::Ending;
pub use turn::{
    Claimed, Outcome, Round, claim, count_running, finish, heartbeat, list_forgotten, list_kinds,
    list_shares, next_moment, park, promote, reap, unpark,
};

use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, TaskId};
use minato_types::job::Status;
use minato_types::query::Query;

use crate::dialect::{Sql, corrupt, execute, fetch_all, fetch_optional, json_ints, row, with_list};
use crate::execution::Ended;
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct IdRow { id: i64 }
}

row! {
    struct EndingRow { id: i64, execution_id: i64, kind: String, sequence: Option<String> }
}

row! {
    struct TextRow { id: i64, text: String }
}

row! {
    struct UniqueRow { uniqueness: String }
}

row! {
    struct QueueRow { kind: String, n: i64, oldest: Option<i64>, paused: bool }
}

row! {
    struct StatusRow { kind: String, status: String, n: i64 }
}

row! {
    struct Row {
        id: i64,
        execution_id: i64,
        kind: String,
        parameters: String,
        attributes: String,
        status: String,
        message: String,
        attempts: i64,
        worker: Option<String>,
        created_at: i64,
        started_at: Option<i64>,
        updated_at: i64,
        ended_at: Option<i64>,
    }
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Row id.
    pub id: TaskId,
    /// Its execution.
    pub execution: ExecutionId,
    /// What kind of work it is.
    pub kind: String,
    /// What it is to do, as JSON.
    pub parameters: String,
    /// What came of it so far, as a JSON object.
    pub attributes: String,
    /// How far it is.
    pub status: Status,
    /// What went wrong last.
    pub message: String,
    /// How often it began.
    pub attempts: i64,
    /// The worker that has it.
    pub worker: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it began first.
    pub started_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A task to be queued.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// What kind of work it is.
    pub kind: &'static str,
    /// Whose turn it is: a project's id, 0 for the system.
    pub share: i64,
    /// It waits for unfinished tasks with the same that were queued before it. They are of one kind.
    pub sequence: Option<String>,
    /// It is not queued while there is an unfinished one with the same.
    pub uniqueness: Option<String>,
    /// What it is to do, as JSON.
    pub parameters: String,
    /// What is known of it already, as a JSON object.
    pub attributes: String,
    /// When it may begin.
    pub due_at: Timestamp,
}

/// The tasks of one kind that wait.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The kind.
    pub kind: String,
    /// How many wait for a worker.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest: Option<Timestamp>,
    /// Whether workers take none of them.
    pub paused: bool,
}

/// How many tasks of one kind have come how far.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The kind.
    pub kind: String,
    /// How far.
    pub status: Status,
    /// How many.
    pub count: i64,
}

/// Which tasks to stop.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of an execution.
    Of(ExecutionId),
    /// One.
    One(TaskId),
    /// All of a kind that do not run yet.
    Waiting(&'a str),
}

impl TryFrom<Row> for Task {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: TaskId(row.id),
            execution: ExecutionId(row.execution_id),
            kind: row.kind,
            parameters: row.parameters,
            attributes: row.attributes,
            status: Status::parse(&row.status).ok_or_else(|| corrupt("a task's status"))?,
            message: row.message,
            attempts: row.attempts,
            worker: row.worker,
            created_at: Timestamp::from_micros(row.created_at),
            started_at: row.started_at.map(Timestamp::from_micros),
            updated_at: Timestamp::from_micros(row.updated_at),
            ended_at: row.ended_at.map(Timestamp::from_micros),
        })
    }
}

const LIST: Spec = Spec {
    base: "task t",
    from: "task t",
    columns: "t.id, t.execution_id, t.kind, t.parameters, t.attributes, t.status, t.message, t.attempts,
        t.worker, t.created_at, t.started_at, t.updated_at, t.ended_at",
    key: "t.id",
    fields: &[
        Field { name: "id", sql: "t.id", kind: Kind::Int, sortable: true },
        Field { name: "status", sql: "t.status", kind: Kind::Text, sortable: false },
    ],
    order: &[("t.id", false)],
};

/// Queues tasks, all in one statement; how many. One that is there already is left out.
pub async fn insert(conn: &mut Conn, execution: ExecutionId, new: &[NewTask], now: Timestamp) -> Result<u64> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO task
            (execution_id, kind, share, sequence, uniqueness, parameters, attributes, due_at, status,
             message, attempts, losses, stopping, created_at, updated_at)
         SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'),
                json_extract(value, '$[6]'),
                CASE WHEN json_extract(value, '$[6]') > $3 THEN 'Scheduled' ELSE 'Pending' END,
                '', 0, 0, FALSE, $3, $3
         FROM json_each($2) WHERE TRUE ORDER BY key ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO task
            (execution_id, kind, share, sequence, uniqueness, parameters, attributes, due_at, status,
             message, attempts, losses, stopping, created_at, updated_at)
         SELECT $1, e->>0, (e->>1)::bigint, e->>2, e->>3, e->>4, e->>5, (e->>6)::bigint,
                CASE WHEN (e->>6)::bigint > $3 THEN 'Scheduled' ELSE 'Pending' END,
                '', 0, 0, FALSE, $3, $3
         FROM json_array_elements($2::json) WITH ORDINALITY AS r (e, n) ORDER BY n ON CONFLICT DO NOTHING",
    };
    let row = |task: &NewTask| {
        serde_json::json!([
            task.kind,
            task.share,
            task.sequence,
            task.uniqueness,
            task.parameters,
            task.attributes,
            task.due_at.as_micros()
        ])
    };
    let rows = serde_json::Value::Array(new.iter().map(row).collect()).to_string();
    execute!(conn, SQL, execution.0, rows, now.as_micros())
}

/// The unfinished task with this uniqueness.
pub async fn get_queued(conn: &mut Conn, uniqueness: &str) -> Result<Option<TaskId>> {
    const SQL: &str = "SELECT id FROM task WHERE uniqueness = $1 AND ended_at IS NULL";
    Ok(fetch_optional!(conn, IdRow, SQL, uniqueness)?.map(|row| TaskId(row.id)))
}

/// Whether a task that runs is to stop.
pub async fn is_stopping(conn: &mut Conn, id: TaskId) -> Result<bool> {
    const SQL: &str = "SELECT id FROM task WHERE id = $1 AND stopping";
    Ok(fetch_optional!(conn, IdRow, SQL, id.0)?.is_some())
}

/// What is unique about the tasks of an execution.
pub async fn list_uniquenesses(conn: &mut Conn, execution: ExecutionId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT uniqueness FROM task WHERE execution_id = $1 AND uniqueness IS NOT NULL";
    Ok(fetch_all!(conn, UniqueRow, SQL, execution.0)?.into_iter().map(|row| row.uniqueness).collect())
}

/// Those of these uniquenesses that unfinished tasks have.
pub async fn list_queued(conn: &mut Conn, uniquenesses: &[String]) -> Result<Vec<String>> {
    const SQL: Sql = with_list!(
        "SELECT uniqueness FROM task WHERE ended_at IS NULL AND uniqueness IS NOT NULL AND uniqueness IN (",
        text "$1",
        ")"
    );
    let list = serde_json::json!(uniquenesses).to_string();
    Ok(fetch_all!(conn, UniqueRow, SQL, list)?.into_iter().map(|row| row.uniqueness).collect())
}

/// The tasks of an execution, in the order in which they were queued.
pub async fn list(
    conn: &mut Conn,
    execution: ExecutionId,
    query: &Query,
    window: Window,
) -> Result<(Vec<Task>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("t.execution_id = ?", [Arg::Int(execution.0)]);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Task::try_from).collect::<Result<_>>()?, total))
}

/// The task of this execution; of any with `None`.
pub async fn get(conn: &mut Conn, execution: Option<ExecutionId>, id: TaskId) -> Result<Option<Task>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and("t.id = ?", [Arg::Int(id.0)]);
    if let Some(execution) = execution {
        listing.and("t.execution_id = ?", [Arg::Int(execution.0)]);
    }
    let rows: Vec<Row> = listing.page(conn, Window { limit: 1, offset: 0 }, 1).await?;
    rows.into_iter().next().map(Task::try_from).transpose()
}

/// How the tasks of these executions stand that have not ended, where each has one task.
pub async fn list_open(
    conn: &mut Conn,
    executions: impl IntoIterator<Item = ExecutionId>,
) -> Result<HashMap<ExecutionId, Status>> {
    row! {
        struct OpenRow { execution_id: i64, status: String }
    }
    const SQL: Sql = with_list!(
        "SELECT execution_id, status FROM task WHERE status IN ('Pending', 'Scheduled', 'Running')
            AND execution_id IN (",
        int "$1",
        ")"
    );
    let list = json_ints(executions.into_iter().map(|id| id.0));
    let rows = fetch_all!(conn, OpenRow, SQL, list)?;
    let status = |row: &OpenRow| Status::parse(&row.status).ok_or_else(|| corrupt("a task's status"));
    rows.iter().map(|row| Ok((ExecutionId(row.execution_id), status(row)?))).collect()
}

/// The first task of an execution.
pub async fn get_first(conn: &mut Conn, execution: ExecutionId) -> Result<Option<Task>> {
    let (tasks, _) = list(conn, execution, &Query::default(), Window { limit: 1, offset: 0 }).await?;
    Ok(tasks.into_iter().next())
}

/// The tasks that workers have.
pub async fn list_running(conn: &mut Conn) -> Result<Vec<Task>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and("t.status = 'Running'", []);
    let (rows, _) = listing.read::<Row>(conn, Window { limit: 10_000, offset: 0 }).await?;
    rows.into_iter().map(Task::try_from).collect()
}

/// Makes a row for each kind of task, if there is none.
pub async fn ensure_queues(conn: &mut Conn, kinds: &[&str]) -> Result<()> {
    for kind in kinds {
        execute!(
            conn,
            "INSERT INTO job_queue (kind, paused) VALUES ($1, FALSE) ON CONFLICT DO NOTHING",
            *kind
        )?;
    }
    Ok(())
}

/// The queues, by kind.
pub async fn list_queues(conn: &mut Conn) -> Result<Vec<Queue>> {
    const SQL: &str = "SELECT q.kind, q.paused,
            (SELECT COUNT(*) FROM task t WHERE t.kind = q.kind AND t.status = 'Pending') AS n,
            (SELECT MIN(t.due_at) FROM task t WHERE t.kind = q.kind AND t.status = 'Pending') AS oldest
         FROM job_queue q ORDER BY q.kind";
    let rows = fetch_all!(conn, QueueRow, SQL)?;
    Ok(rows
        .into_iter()
        .map(|row| Queue {
            kind: row.kind,
            waiting: row.n,
            oldest: row.oldest.map(Timestamp::from_micros),
            paused: row.paused,
        })
        .collect())
}

/// Lets workers take tasks of a kind, or keeps them from it; whether there is such a kind.
pub async fn pause(conn: &mut Conn, kind: &str, paused: bool) -> Result<bool> {
    Ok(execute!(conn, "UPDATE job_queue SET paused = $2 WHERE kind = $1", kind, paused)? > 0)
}

/// How many tasks of each kind wait or run.
pub async fn tally_open(conn: &mut Conn) -> Result<Vec<Tally>> {
    const SQL: &str = "SELECT kind, status, COUNT(*) AS n FROM task
         WHERE status IN ('Pending', 'Scheduled', 'Running') GROUP BY kind, status";
    let tally = |row: StatusRow| {
        let status = Status::parse(&row.status).ok_or_else(|| corrupt("a task's status"))?;
        Ok(Tally { kind: row.kind, status, count: row.n })
    };
    fetch_all!(conn, StatusRow, SQL)?.into_iter().map(tally).collect()
}

/// Stops tasks: those that wait at once, those that run as soon as they hear of it. How many
/// there were, and which executions ended with them.
pub async fn stop(conn: &mut Conn, which: Which<'_>, now: Timestamp) -> Result<(usize, Vec<Ended>)> {
    /// At a time, so that nobody waits for long behind one who empties a long queue.
    const BATCH: i64 = 1000;
    let (kind, execution, task) = match which {
        Which::Of(id) => ("", id.0, 0),
        Which::One(id) => ("", 0, id.0),
        Which::Waiting(kind) => (kind, 0, 0),
    };
    // Three texts, so that each is found by its own index.
    let find = match which {
        Which::Of(_) => {
            "SELECT id, execution_id, kind, sequence FROM task
             WHERE execution_id = $2 AND ended_at IS NULL AND $1 = '' AND $3 = 0 ORDER BY id LIMIT $4"
        }
        Which::One(_) => {
            "SELECT id, execution_id, kind, sequence FROM task
             WHERE id = $3 AND ended_at IS NULL AND $1 = '' AND $2 = 0 LIMIT $4"
        }
        Which::Waiting(_) => {
            "SELECT id, execution_id, kind, sequence FROM task
             WHERE kind = $1 AND status = 'Pending' AND $2 = 0 AND $3 = 0 ORDER BY id LIMIT $4"
        }
    };
    let limit = if matches!(which, Which::Waiting(_)) { BATCH } else { i64::MAX };
    let rows = fetch_all!(conn, EndingRow, find, kind, execution, task, limit)?;
    let ending = Ending::lock(conn, &rows).await?;
    turn::stop(conn, &ending.tasks, matches!(which, Which::Waiting(_)), now).await?;
    Ok((ending.tasks.len(), ending.settle(conn, now).await?))
}

/// Writes down what is known of a running task, and that it lives.
pub async fn update_attributes(
    conn: &mut Conn,
    id: TaskId,
    worker: &str,
    attributes: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "UPDATE task SET attributes = $3, updated_at = $4
         WHERE id = $1 AND worker = $2 AND status = 'Running'";
    execute!(conn, SQL, id.0, worker, attributes, now.as_micros())?;
    Ok(())
}

/// Adds to what tasks logged. A task that is gone logs nothing.
pub async fn append_logs(conn: &mut Conn, logs: &[(TaskId, &str)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO task_log (task_id, text) SELECT t.id, json_extract(value, '$[1]')
             FROM json_each($1) JOIN task t ON t.id = json_extract(value, '$[0]')",
        postgres: "INSERT INTO task_log (task_id, text) SELECT t.id, e->>1
             FROM json_array_elements($1::json) AS e JOIN task t ON t.id = (e->>0)::bigint",
    };
    if !logs.is_empty() {
        let rows = logs.iter().map(|(id, text)| serde_json::json!([id.0, text])).collect();
        execute!(conn, SQL, serde_json::Value::Array(rows).to_string())?;
    }
    Ok(())
}

/// What a task logged, of which no more than the first `most` bytes.
pub async fn read_log(conn: &mut Conn, id: TaskId, most: usize) -> Result<String> {
    const SQL: &str = "SELECT id, text FROM task_log WHERE task_id = $1 AND id > $2 ORDER BY id LIMIT 500";
    let (mut log, mut after) = (String::new(), 0);
    loop {
        let rows = fetch_all!(conn, TextRow, SQL, id.0, after)?;
        let Some(last) = rows.last() else { return Ok(log) };
        after = last.id;
        for row in &rows {
            log.push_str(&row.text);
        }
        if log.len() > most {
            log.truncate(log.floor_char_boundary(most));
            return Ok(log);
        }
    }
}
