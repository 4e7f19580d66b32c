//! The job engine: work is queued in the transaction that makes it necessary, taken by any
//! process, kept by a lease, tried again, stopped, scheduled, and its history kept short.
//!
//! It knows no kind of work. What there is to do it is told by [`Jobs`]. State is in the database
//! alone; a process that dies loses nothing but the lease on what it had.
#![warn(missing_docs)]

pub mod cron;
mod cx;
mod running;
mod worker;

pub use cx::{Cx, Unit};
pub use worker::{Options, Worker};

use std::time::Duration;

use async_trait::async_trait;
use minato_db::execution::{Ended, NewExecution};
use minato_db::schedule::Schedule;
use minato_db::task::{Claimed, NewTask, Which};
use minato_db::{Db, Tx, Wake, execution, task};
use minato_types::clock::Timestamp;
use minato_types::id::ExecutionId;
use serde_json::{Map, Value};

/// The queue that stands for all schedules: while it is paused, none fires.
pub const SCHEDULER: &str = "SCHEDULER";

/// A kind of work.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, which clients see.
    pub name: &'static str,
    /// Of two kinds that wait, the one with more is served first.
    pub priority: u16,
    /// How many run at once, over all processes; `None` for as many as there is room for.
    pub at_once: Option<i64>,
    /// How many of one share run at once, over all processes.
    pub at_once_per_share: Option<i64>,
    /// How often a task is tried that asks to be tried again.
    pub max_attempts: i64,
    /// How long a task waits before it is tried again; twice as long each time, an hour at most.
    pub backoff: Duration,
}

/// What came of a task that was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may go better another time.
    #[error("{0}")]
    Retry(String),
    /// It will not.
    #[error("{0}")]
    Failed(String),
    /// It was asked to stop, and did.
    #[error("stopped")]
    Stopped,
}

impl From<minato_db::Error> for JobError {
    fn from(error: minato_db::Error) -> Self {
        match error {
            minato_db::Error::Unavailable(_) => Self::Retry(error.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// What there is to do, and how. Everything must bear being done again from the start: a process
/// may be lost at any moment.
#[async_trait]
pub trait Jobs: Send + Sync + 'static {
    /// All kinds of work.
    fn kinds(&self) -> &'static [Kind];

    /// How many ended executions are kept for each thing of this vendor type.
    fn keep(&self, vendor_type: &str) -> i64;

    /// Does a task. What it answers is shown with the task, beside what it set meanwhile.
    async fn run(&self, task: &Claimed, cx: &Cx) -> Result<Map<String, Value>, JobError>;

    /// Queues what is to be done when a schedule fires. What may go better another time is tried again.
    async fn fire(&self, tx: &mut Tx, schedule: &Schedule) -> Result<(), JobError>;
}

/// Queues an execution with its tasks. An execution without any is done at once. The id, and how
/// many tasks were queued: one whose uniqueness is queued already is left out.
pub async fn enqueue(
    tx: &mut Tx,
    new: &NewExecution<'_>,
    tasks: &[NewTask],
    now: Timestamp,
) -> Result<(ExecutionId, u64), minato_db::Error> {
    let id = execution::insert(tx, new, now).await?;
    let queued = if tasks.is_empty() { 0 } else { task::insert(tx, id, tasks, now).await? };
    if queued == 0 {
        execution::settle(tx, &[id.0], now).await?;
    } else {
        tx.wake(Wake::Tasks).await?;
    }
    Ok((id, queued))
}

/// Stops tasks, see [`Which`]; how many there were that had not ended. `keep` is as in [`Jobs`].
pub async fn stop(
    db: &Db,
    keep: fn(&str) -> i64,
    which: Which<'_>,
    now: Timestamp,
) -> Result<usize, minato_db::Error> {
    let mut stopped = 0;
    loop {
        let mut tx = db.begin().await?;
        let (count, ended) = task::stop(&mut tx, which, now).await?;
        tx.wake(Wake::Stops).await?;
        // Others may have waited for them.
        tx.wake(Wake::Tasks).await?;
        tx.commit().await?;
        // By itself, as nobody takes tasks of that kind before the end of a transaction that ends some.
        let mut tx = db.begin().await?;
        trim(&mut tx, keep, &ended).await?;
        tx.commit().await?;
        stopped += count;
        // Those that run are counted until they have ended; those that wait are gone.
        if count == 0 || !matches!(which, Which::Waiting(_)) {
            return Ok(stopped);
        }
    }
}

/// Drops what the history of these executions has too much.
pub(crate) async fn trim(
    tx: &mut Tx,
    keep: impl Fn(&str) -> i64,
    ended: &[Ended],
) -> Result<(), minato_db::Error> {
    let mut trimmed: Vec<(&str, i64)> = Vec::new();
    for Ended { vendor_type, vendor_id, .. } in ended {
        if !trimmed.contains(&(vendor_type, *vendor_id)) {
            trimmed.push((vendor_type, *vendor_id));
            execution::trim(tx, vendor_type, *vendor_id, keep(vendor_type)).await?;
        }
    }
    Ok(())
}

/// Drops what the history of all things has too much, as when fewer are to be kept; how many
/// executions went.
pub async fn trim_all(db: &Db, keep: fn(&str) -> i64) -> Result<u64, minato_db::Error> {
    let mut conn = db.read().await?;
    let vendors = execution::list_vendors(&mut conn).await?;
    drop(conn);
    let mut dropped = 0;
    for (vendor_type, vendor_id) in vendors {
        loop {
            let mut tx = db.begin().await?;
            let count = execution::trim(&mut tx, &vendor_type, vendor_id, keep(&vendor_type)).await?;
            tx.commit().await?;
            dropped += count;
            if count == 0 {
                break;
            }
        }
    }
    Ok(dropped)
}
