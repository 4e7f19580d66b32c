//! Tasks that end: what has to be locked before, and what follows.
//!
//! All who end tasks lock, in this order: their executions by id; of tasks that belong to sequences
//! the rows of their queues by kind; the tasks by id. Who holds a queue's row knows therefore that no
//! sequence of that kind moves.

use std::collections::BTreeSet;

use minato_types::clock::Timestamp;

use super::EndingRow;
use crate::dialect::{Sql, execute, json_ints, json_texts, with_list};
use crate::execution::{self, Ended};
use crate::{Conn, Result};

/// Tasks that are about to end, locked.
pub(super) struct Ending {
    pub(super) tasks: Vec<i64>,
    executions: Vec<i64>,
    /// Whether any belongs to a sequence.
    sequenced: bool,
}

impl Ending {
    /// Keeps others from changing these tasks until the transaction ends.
    pub(super) async fn lock(conn: &mut Conn, rows: &[EndingRow]) -> Result<Self> {
        let tasks: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let executions: BTreeSet<i64> = rows.iter().map(|row| row.execution_id).collect();
        let executions: Vec<i64> = executions.into_iter().collect();
        let in_sequences = rows.iter().filter(|row| row.sequence.is_some());
        let kinds: BTreeSet<&str> = in_sequences.map(|row| row.kind.as_str()).collect();
        let sequenced = !kinds.is_empty();
        // SQLite has one writer at a time.
        if conn.is_postgres() {
            let kinds = json_texts(kinds.iter().copied());
            lock_all(conn, &executions, kinds, &tasks).await?;
        }
        Ok(Self { tasks, executions, sequenced })
    }

    /// Brings back those that waited for tasks that have ended, and ends the executions that ended
    /// with them.
    pub(super) async fn settle(&self, conn: &mut Conn, now: Timestamp) -> Result<Vec<Ended>> {
        if self.sequenced {
            unpark_next(conn, &self.tasks).await?;
        }
        execution::settle(conn, &self.executions, now).await
    }
}

/// Keeps others from changing these tasks until the transaction ends; `PostgreSQL` only.
pub(super) async fn lock(conn: &mut Conn, tasks: &[i64]) -> Result<()> {
    const SQL: Sql = with_list!("SELECT id FROM task WHERE id IN (", int "$1", ") ORDER BY id FOR UPDATE");
    execute!(conn, SQL, json_ints(tasks.iter().copied()))?;
    Ok(())
}

/// All in one statement: each part begins when the one that it counts has locked what it has to.
async fn lock_all(conn: &mut Conn, executions: &[i64], kinds: String, tasks: &[i64]) -> Result<()> {
    // Arrays, as of a join with a list of unknown length the planner may make a scan of all tasks.
    const SQL: &str = "WITH
         e AS (SELECT id FROM execution
             WHERE id = ANY (ARRAY(SELECT value::bigint FROM json_array_elements_text($1::json) AS value))
             ORDER BY id FOR UPDATE),
         q AS (SELECT kind FROM job_queue WHERE (SELECT COUNT(*) FROM e) >= 0
             AND kind = ANY (ARRAY(SELECT value FROM json_array_elements_text($2::json) AS value))
             ORDER BY kind FOR UPDATE)
         SELECT id FROM task WHERE (SELECT COUNT(*) FROM q) >= 0
             AND id = ANY (ARRAY(SELECT value::bigint FROM json_array_elements_text($3::json) AS value))
             ORDER BY id FOR UPDATE";
    let ids = |ids: &[i64]| json_ints(ids.iter().copied());
    execute!(conn, SQL, ids(executions), kinds, ids(tasks))?;
    Ok(())
}

/// Brings back the first of each sequence of which one of these tasks was, if that has ended.
async fn unpark_next(conn: &mut Conn, tasks: &[i64]) -> Result<()> {
    // Those who delete whole sequences have them locked without their queue: theirs need not come back.
    const SQL: Sql = Sql {
        sqlite: "UPDATE task SET parked = FALSE WHERE parked = TRUE AND id IN (SELECT
                (SELECT MIN(n.id) FROM task n WHERE n.sequence = e.sequence AND n.ended_at IS NULL)
             FROM task e WHERE e.sequence IS NOT NULL AND e.ended_at IS NOT NULL
                AND e.id IN (SELECT value FROM json_each($1)))",
        postgres: "UPDATE task SET parked = FALSE WHERE id IN (SELECT t.id FROM task t
             WHERE t.parked = TRUE AND t.id IN (SELECT
                    (SELECT MIN(n.id) FROM task n WHERE n.sequence = e.sequence AND n.ended_at IS NULL)
                 FROM task e WHERE e.sequence IS NOT NULL AND e.ended_at IS NOT NULL
                    AND e.id IN (SELECT value::bigint FROM json_array_elements_text($1::json) AS value))
             FOR UPDATE SKIP LOCKED)",
    };
    execute!(conn, SQL, json_ints(tasks.iter().copied()))?;
    Ok(())
}
