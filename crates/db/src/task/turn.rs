//! What workers do with tasks: take them, keep them, give them back with what came of it, and
//! take over those of a worker that is gone.

use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, TaskId};
use minato_types::job::Status;

use super::ending::{Ending, lock};
use super::{EndingRow, IdRow};
use crate::dialect::{
    Sql, execute, fetch_all, fetch_one, json_ints, json_texts, row, skipping_locked, with_list,
};
use crate::execution::Ended;
use crate::{Conn, Result};

row! {
    struct KindRow { kind: String }
}

row! {
    struct ShareRow { share: i64 }
}

row! {
    struct MomentRow { at: Option<i64> }
}

row! {
    struct HeldRow { id: i64, stopping: bool }
}

row! {
    struct ClaimRow {
        id: i64,
        execution_id: i64,
        kind: String,
        share: i64,
        sequence: Option<String>,
        parameters: String,
        attributes: String,
        attempts: i64,
        losses: i64,
    }
}

/// A task that a worker has taken.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Row id.
    pub id: TaskId,
    /// Its execution.
    pub execution: ExecutionId,
    /// What kind of work it is.
    pub kind: String,
    /// Whose it is.
    pub share: i64,
    /// What other tasks it has to wait for, and has waited for.
    pub sequence: Option<String>,
    /// What it is to do, as JSON.
    pub parameters: String,
    /// What is known of it, as a JSON object.
    pub attributes: String,
    /// How often it began, this time included.
    pub attempts: i64,
    /// How often it lost its worker, which counts as no try.
    pub losses: i64,
}

/// Of which tasks a worker takes some.
#[derive(Clone, Copy, Debug)]
pub struct Round<'a> {
    /// Their kind.
    pub kind: &'a str,
    /// Whose turn it was last, -1 for nobody's; those behind it come first.
    pub after: i64,
    /// How many of one share may run at once, wherever.
    pub at_once_per_share: i64,
    /// How many it takes at most.
    pub limit: i64,
}

/// What came of a task that a worker had.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The task, as it was taken.
    pub task: Claimed,
    /// How it stands now; [`Status::Pending`] gives it back as if it had not begun.
    pub status: Status,
    /// What went wrong.
    pub message: String,
    /// What is known of it, as a JSON object.
    pub attributes: String,
    /// When it may begin again.
    pub due_at: Timestamp,
}

/// Ends those of the tasks that wait, and tells those that run, unless only the waiting are meant.
pub(super) async fn stop(conn: &mut Conn, tasks: &[i64], waiting_only: bool, now: Timestamp) -> Result<()> {
    const WAITING: Sql = with_list!(
        "UPDATE task SET status = 'Stopped', ended_at = $2, updated_at = $2
         WHERE status IN ('Pending', 'Scheduled') AND id IN (",
        int "$1",
        ")"
    );
    const RUNNING: Sql = with_list!(
        "UPDATE task SET stopping = TRUE, updated_at = $2 WHERE status = 'Running' AND id IN (",
        int "$1",
        ")"
    );
    let list = json_ints(tasks.iter().copied());
    execute!(conn, WAITING, list.as_str(), now.as_micros())?;
    if !waiting_only {
        execute!(conn, RUNNING, list, now.as_micros())?;
    }
    Ok(())
}

/// Lets those begin whose time has come, a thousand of them at most; how many.
pub async fn promote(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    const SQL: Sql = skipping_locked!(
        "UPDATE task SET status = 'Pending', updated_at = $1 WHERE id IN
            (SELECT id FROM task WHERE status = 'Scheduled' AND due_at <= $1 ORDER BY due_at LIMIT 1000",
        ")"
    );
    execute!(conn, SQL, now.as_micros())
}

/// Takes the tasks from workers whose lease has ended: they wait again, but for those that were
/// to stop, and those that lost their worker `most` times, which end. `worker` still has `held`,
/// whatever the clock says. How many there were, and which executions ended with them.
pub async fn reap(
    conn: &mut Conn,
    worker: &str,
    held: &[TaskId],
    most: i64,
    now: Timestamp,
) -> Result<(usize, Vec<Ended>)> {
    const FIND: Sql = with_list!(
        "SELECT id, execution_id, kind, sequence FROM task
         WHERE status = 'Running' AND lease_until <= $2 AND NOT (worker = $3 AND id IN (",
        int "$1",
        ")) ORDER BY id LIMIT 1000"
    );
    const TAKE: Sql = with_list!(
        "UPDATE task SET worker = NULL, lease_until = NULL, losses = losses + 1, updated_at = $2,
            status = CASE WHEN stopping THEN 'Stopped' WHEN losses + 1 >= $3 THEN 'Error' ELSE 'Pending' END,
            message = CASE WHEN losses + 1 >= $3 THEN 'its worker was lost, time and again' ELSE message END,
            ended_at = CASE WHEN stopping OR losses + 1 >= $3 THEN $2 ELSE ended_at END
         WHERE status = 'Running' AND lease_until <= $2 AND id IN (",
        int "$1",
        ")"
    );
    let held = json_ints(held.iter().map(|id| id.0));
    let lost = fetch_all!(conn, EndingRow, FIND, held, now.as_micros(), worker)?;
    if lost.is_empty() {
        return Ok((0, Vec::new()));
    }
    // Of all of them: one that is to stop since it was found ends as well.
    let ending = Ending::lock(conn, &lost).await?;
    execute!(conn, TAKE, json_ints(ending.tasks.iter().copied()), now.as_micros(), most)?;
    Ok((ending.tasks.len(), ending.settle(conn, now).await?))
}

/// The kinds of which tasks wait and may be taken; nobody else takes any of them until the
/// transaction ends.
pub async fn list_kinds(conn: &mut Conn, kinds: &[&str]) -> Result<Vec<String>> {
    const SQL: Sql = Sql {
        sqlite: "SELECT q.kind FROM job_queue q WHERE NOT q.paused
                AND q.kind IN (SELECT value FROM json_each($1))
                AND (SELECT t.share FROM task t WHERE t.kind = q.kind AND t.parked = FALSE
                    AND t.status = 'Pending' ORDER BY t.share LIMIT 1) IS NOT NULL
             ORDER BY q.kind",
        postgres: "SELECT q.kind FROM job_queue q WHERE NOT q.paused
                AND q.kind IN (SELECT value FROM json_array_elements_text($1::json) AS value)
                AND (SELECT t.share FROM task t WHERE t.kind = q.kind AND t.parked = FALSE
                    AND t.status = 'Pending' ORDER BY t.share LIMIT 1) IS NOT NULL
             ORDER BY q.kind FOR UPDATE OF q",
    };
    let list = json_texts(kinds.iter().copied());
    Ok(fetch_all!(conn, KindRow, SQL, list)?.into_iter().map(|row| row.kind).collect())
}

/// How many tasks of a kind run, wherever.
pub async fn count_running(conn: &mut Conn, kind: &str) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS share FROM task WHERE kind = $1 AND status = 'Running'";
    Ok(fetch_one!(conn, ShareRow, SQL, kind)?.share)
}

/// The next share of which a task waits.
macro_rules! next_share {
    ($after:literal) => {
        concat!(
            "SELECT (SELECT MIN(t.share) FROM task t WHERE t.kind = $1 AND t.parked = FALSE
                AND t.status = 'Pending' AND t.share > ",
            $after,
            ") AS share"
        )
    };
}

/// Begins a statement about a [`Round`]: `turn` has its shares in turn, and how many tasks of each may
/// begin. Found one by one, and no more of them than are asked for.
macro_rules! with_turns {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE behind (share) AS NOT MATERIALIZED (",
            next_share!("$2"),
            " UNION ALL ",
            next_share!("behind.share"),
            " FROM behind WHERE behind.share IS NOT NULL), before (share) AS NOT MATERIALIZED (",
            next_share!("-1"),
            " UNION ALL ",
            next_share!("before.share"),
            " FROM before WHERE before.share < $2),
             turn (share, room) AS NOT MATERIALIZED (SELECT share, room FROM
                (SELECT share, $3 - (SELECT COUNT(*) FROM task r WHERE r.kind = $1 AND r.status = 'Running'
                        AND r.share = waiting.share) AS room
                 FROM (SELECT share FROM behind WHERE share IS NOT NULL
                       UNION ALL SELECT share FROM before WHERE share <= $2) waiting) rooms
                WHERE room > 0 LIMIT $4)",
            $rest
        )
    };
}

/// Whose tasks of a kind wait and may begin.
pub async fn list_shares(conn: &mut Conn, round: &Round<'_>) -> Result<Vec<i64>> {
    const SQL: &str = with_turns!(" SELECT share FROM turn");
    let Round { kind, after, at_once_per_share, limit } = *round;
    let rows = fetch_all!(conn, ShareRow, SQL, kind, after, at_once_per_share, limit)?;
    Ok(rows.into_iter().map(|row| row.share).collect())
}

/// Takes tasks: of each share in turn the one that was queued first, and so on.
pub async fn claim(
    conn: &mut Conn,
    round: &Round<'_>,
    worker: &str,
    (now, lease_until): (Timestamp, Timestamp),
) -> Result<Vec<Claimed>> {
    // Both databases find the tasks one by one, those of one share after those of all others, until
    // there are enough.
    const SQL: Sql = skipping_locked!(
        with_turns!(
            ", pick (share, room, id) AS NOT MATERIALIZED (SELECT share, room, CAST(0 AS BIGINT) FROM turn
                UNION ALL SELECT share, room - 1, (SELECT t.id FROM task t
                    WHERE t.kind = $1 AND t.parked = FALSE AND t.share = pick.share
                        AND t.status = 'Pending' AND t.id > pick.id
                        AND (t.sequence IS NULL OR NOT EXISTS (SELECT 1 FROM task p
                                 WHERE p.sequence = t.sequence AND p.ended_at IS NULL AND p.id < t.id)
                            AND NOT EXISTS (SELECT 1 FROM task r WHERE r.kind = $1 AND r.share = t.share
                                 AND r.status = 'Running' AND r.sequence = t.sequence))
                    ORDER BY t.id LIMIT 1"
        ),
        ") FROM pick WHERE room > 0 AND id IS NOT NULL)
         UPDATE task SET status = 'Running', worker = $5, lease_until = $7,
            attempts = attempts + 1, started_at = COALESCE(started_at, $6), updated_at = $6
         WHERE id IN (SELECT id FROM pick WHERE id > 0 LIMIT $4)
         RETURNING id, execution_id, kind, share, sequence, parameters, attributes, attempts,
            losses"
    );
    let Round { kind, after, at_once_per_share, limit } = *round;
    let (now, until) = (now.as_micros(), lease_until.as_micros());
    let mut rows =
        fetch_all!(conn, ClaimRow, SQL, kind, after, at_once_per_share, limit, worker, now, until)?;
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows
        .into_iter()
        .map(|row| Claimed {
            id: TaskId(row.id),
            execution: ExecutionId(row.execution_id),
            kind: row.kind,
            share: row.share,
            sequence: row.sequence,
            parameters: row.parameters,
            attributes: row.attributes,
            attempts: row.attempts,
            losses: row.losses,
        })
        .collect())
}

/// Of the first thousand of a kind and a share parks those that wait for another of their sequence;
/// how many there were. The caller has the kind from [`list_kinds`].
pub async fn park(conn: &mut Conn, kind: &str, share: i64) -> Result<u64> {
    const SQL: Sql = skipping_locked!(
        "UPDATE task SET parked = TRUE WHERE id IN (SELECT t.id FROM task t
             WHERE t.status = 'Pending' AND t.id IN (SELECT f.id FROM task f WHERE f.kind = $1
                    AND f.parked = FALSE AND f.share = $2 AND f.status = 'Pending' ORDER BY f.id LIMIT 1000)
                AND t.sequence IS NOT NULL AND t.id > (SELECT MIN(p.id) FROM task p
                    WHERE p.sequence = t.sequence AND p.ended_at IS NULL)",
        ")"
    );
    execute!(conn, SQL, kind, share)
}

/// Tasks of these kinds that are parked and wait for no other; at most a thousand.
pub async fn list_forgotten(conn: &mut Conn, kinds: &[&str]) -> Result<Vec<TaskId>> {
    const SQL: Sql = with_list!(
        "SELECT t.id FROM task t WHERE t.parked = TRUE AND t.status = 'Pending'
            AND NOT EXISTS (SELECT 1 FROM task p
                WHERE p.sequence = t.sequence AND p.ended_at IS NULL AND p.id < t.id)
            AND t.kind IN (",
        text "$1",
        ") LIMIT 1000"
    );
    let rows = fetch_all!(conn, IdRow, SQL, json_texts(kinds.iter().copied()))?;
    Ok(rows.into_iter().map(|row| TaskId(row.id)).collect())
}

/// Brings parked tasks back.
pub async fn unpark(conn: &mut Conn, tasks: &[TaskId]) -> Result<()> {
    const SQL: Sql = with_list!(
        "UPDATE task SET parked = FALSE WHERE parked = TRUE AND id IN (",
        int "$1",
        ")"
    );
    let mut ids: Vec<i64> = tasks.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    if conn.is_postgres() {
        lock(conn, &ids).await?;
    }
    execute!(conn, SQL, json_ints(ids))?;
    Ok(())
}

/// Keeps the tasks that a worker has. Those it still has, and whether each is to stop.
pub async fn heartbeat(
    conn: &mut Conn,
    worker: &str,
    held: &[TaskId],
    lease_until: Timestamp,
) -> Result<Vec<(TaskId, bool)>> {
    const SQL: Sql = with_list!(
        "UPDATE task SET lease_until = $3 WHERE status = 'Running' AND worker = $2 AND id IN (",
        int "$1",
        ") RETURNING id, stopping"
    );
    let ids: Vec<i64> = held.iter().map(|id| id.0).collect();
    if conn.is_postgres() {
        lock(conn, &ids).await?;
    }
    let rows = fetch_all!(conn, HeldRow, SQL, json_ints(ids), worker, lease_until.as_micros())?;
    Ok(rows.into_iter().map(|row| (TaskId(row.id), row.stopping)).collect())
}

/// Gives tasks back with what came of them; those that the worker no longer has are left as they
/// are. The executions that ended with them.
pub async fn finish(
    conn: &mut Conn,
    worker: &str,
    outcomes: &[Outcome],
    now: Timestamp,
) -> Result<Vec<Ended>> {
    const GIVE: Sql = Sql {
        sqlite: "UPDATE task SET worker = NULL, lease_until = NULL, updated_at = $3,
                status = CASE WHEN stopping AND o.ended = 0 THEN 'Stopped' ELSE o.status END,
                ended_at = CASE WHEN stopping OR o.ended = 1 THEN $3 ELSE NULL END,
                attempts = task.attempts - o.untried, message = o.message, attributes = o.attributes,
                due_at = o.due_at
             FROM (SELECT json_extract(value, '$[7]') AS attempt, json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS status,
                    json_extract(value, '$[2]') AS ended, json_extract(value, '$[3]') AS untried,
                    json_extract(value, '$[4]') AS message, json_extract(value, '$[5]') AS attributes,
                    json_extract(value, '$[6]') AS due_at FROM json_each($1)) o
             WHERE task.id = o.id AND task.worker = $2 AND task.status = 'Running'
                AND task.attempts = o.attempt",
        postgres: "UPDATE task SET worker = NULL, lease_until = NULL, updated_at = $3,
                status = CASE WHEN stopping AND o.ended = 0 THEN 'Stopped' ELSE o.status END,
                ended_at = CASE WHEN stopping OR o.ended = 1 THEN $3 ELSE NULL END,
                attempts = task.attempts - o.untried, message = o.message, attributes = o.attributes,
                due_at = o.due_at
             FROM (SELECT (e->>7)::bigint AS attempt, (e->>0)::bigint AS id, e->>1 AS status, (e->>2)::bigint AS ended,
                    (e->>3)::bigint AS untried, e->>4 AS message, e->>5 AS attributes,
                    (e->>6)::bigint AS due_at FROM json_array_elements($1::json) AS e) o
             WHERE task.id = o.id AND task.worker = $2 AND task.status = 'Running'
                AND task.attempts = o.attempt",
    };
    let taken = outcomes.iter().map(|Outcome { task, .. }| EndingRow {
        id: task.id.0,
        execution_id: task.execution.0,
        kind: task.kind.clone(),
        sequence: task.sequence.clone(),
    });
    let ending = Ending::lock(conn, &taken.collect::<Vec<_>>()).await?;
    let rows: Vec<_> = outcomes.iter().map(Outcome::as_json).collect();
    execute!(conn, GIVE, serde_json::Value::Array(rows).to_string(), worker, now.as_micros())?;
    ending.settle(conn, now).await
}

impl Outcome {
    fn as_json(&self) -> serde_json::Value {
        serde_json::json!([
            self.task.id.0,
            self.status.as_str(),
            i64::from(self.status.is_final()),
            i64::from(self.status == Status::Pending),
            self.message,
            self.attributes,
            self.due_at.as_micros(),
            self.task.attempts
        ])
    }
}

/// When something is to be done next, though nobody calls: a task's time comes, a lease ends of one
/// that `worker` does not hold, a schedule fires (unless the queue `scheduler` is paused).
pub async fn next_moment(
    conn: &mut Conn,
    worker: &str,
    held: &[TaskId],
    scheduler: &str,
) -> Result<Option<Timestamp>> {
    const SQL: Sql = with_list!(
        "SELECT MIN(at) AS at FROM (
             SELECT MIN(due_at) AS at FROM task WHERE status = 'Scheduled'
             UNION ALL SELECT MIN(next_at) FROM schedule WHERE NOT EXISTS
                (SELECT 1 FROM job_queue WHERE kind = $3 AND paused)
             UNION ALL SELECT MIN(lease_until) FROM task
                WHERE status = 'Running' AND NOT (worker = $2 AND id IN (",
        int "$1",
        "))) moments"
    );
    let held = json_ints(held.iter().map(|id| id.0));
    Ok(fetch_one!(conn, MomentRow, SQL, held, worker, scheduler)?.at.map(Timestamp::from_micros))
}
