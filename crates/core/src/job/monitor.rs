//! What the job dashboard shows and does: processes, what they run, what waits.

use std::time::Duration;

use minato_db::task::{self, Task, Which};
use minato_db::{Wake, worker};
use minato_queue::SCHEDULER;
use minato_types::clock::Timestamp;
use minato_types::id::TaskId;

use super::history::MOST_LOG;
use super::keep;
use crate::authz::{SignedIn, SystemGrant, SystemJobList, SystemJobStop};
use crate::health::SILENT;
use crate::{App, Error, Noun, Result};

pub use minato_db::task::Queue;
pub use minato_db::worker::Worker as Pool;

/// The word that stands for all kinds, or all jobs, in upper or lower case.
const ALL: &str = "all";

/// One of the places of a process, and the job that has it.
pub struct Slot {
    /// The process.
    pub pool: String,
    /// Which of its places, from 0.
    pub number: i64,
    /// The job.
    pub job: Option<Task>,
}

/// What to do with a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueAction {
    /// Drop what waits in it.
    Stop,
    /// Take nothing from it.
    Pause,
    /// Take from it again.
    Resume,
}

impl QueueAction {
    /// Reads Harbor's word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "stop" => Some(Self::Stop),
            "pause" => Some(Self::Pause),
            "resume" => Some(Self::Resume),
            _ => None,
        }
    }
}

/// The processes that run jobs.
pub async fn list_pools(app: &App, _: &SystemGrant<SystemJobList>) -> Result<Vec<Pool>> {
    let mut conn = app.db.read().await?;
    Ok(worker::list(&mut conn, app.clock.now().minus(SILENT)).await?)
}

/// The places of a process, or of all with `all`: those that have a job first.
pub async fn list_slots(app: &App, grant: &SystemGrant<SystemJobList>, pool: &str) -> Result<Vec<Slot>> {
    let mut pools = list_pools(app, grant).await?;
    if !pool.eq_ignore_ascii_case(ALL) {
        pools.retain(|known| known.id == pool);
        if pools.is_empty() {
            return Err(Error::NotFound(Noun::WorkerPool));
        }
    }
    let mut conn = app.db.read().await?;
    let running = task::list_running(&mut conn).await?;
    let mut slots = Vec::new();
    for pool in pools {
        let mut jobs = running.iter().filter(|task| task.worker.as_ref() == Some(&pool.id));
        slots.extend((0..pool.slots).map(|number| Slot {
            pool: pool.id.clone(),
            number,
            job: jobs.next().cloned(),
        }));
    }
    Ok(slots)
}

/// The queues of all kinds, and for how long their first job waits.
pub async fn list_queues(
    app: &App,
    _: &SystemGrant<SystemJobList>,
) -> Result<Vec<(Queue, Option<Duration>)>> {
    let now: Timestamp = app.clock.now();
    let mut conn = app.db.read().await?;
    let queues = task::list_queues(&mut conn).await?;
    Ok(queues
        .into_iter()
        .map(|queue| {
            let latency = queue.oldest.map(|oldest| now.since(oldest));
            (queue, latency)
        })
        .collect())
}

/// Whether no schedule fires.
pub async fn are_schedules_paused(app: &App, _: &SignedIn) -> Result<bool> {
    let mut conn = app.db.read().await?;
    let queues = task::list_queues(&mut conn).await?;
    Ok(queues.iter().any(|queue| queue.kind == SCHEDULER && queue.paused))
}

/// Acts on the queue of a kind, or on all with `all`.
pub async fn act(app: &App, _: &SystemGrant<SystemJobStop>, kind: &str, action: QueueAction) -> Result<()> {
    let mut conn = app.db.read().await?;
    let known = task::list_queues(&mut conn).await?.into_iter().map(|queue| queue.kind);
    let is_meant = |known: &String| kind.eq_ignore_ascii_case(ALL) || known.eq_ignore_ascii_case(kind);
    let kinds: Vec<String> = known.filter(is_meant).collect();
    drop(conn);
    if kinds.is_empty() {
        return Err(Error::NotFound(Noun::JobQueue));
    }
    if action == QueueAction::Stop {
        for kind in &kinds {
            minato_queue::stop(&app.db, keep, Which::Waiting(kind), app.clock.now()).await?;
        }
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for kind in &kinds {
        task::pause(&mut tx, kind, action == QueueAction::Pause).await?;
    }
    tx.wake(Wake::Tasks).await?;
    Ok(tx.commit().await?)
}

/// Stops a running job, or all that run with `all`.
pub async fn stop(app: &App, _: &SystemGrant<SystemJobStop>, job: &str) -> Result<()> {
    let mut conn = app.db.read().await?;
    let jobs = if job.eq_ignore_ascii_case(ALL) {
        task::list_running(&mut conn).await?
    } else {
        vec![find(&mut conn, job).await?]
    };
    drop(conn);
    for job in jobs {
        minato_queue::stop(&app.db, keep, Which::One(job.id), app.clock.now()).await?;
    }
    Ok(())
}

/// What a job logged.
pub async fn log(app: &App, _: &SystemGrant<SystemJobList>, job: &str) -> Result<String> {
    let mut conn = app.db.read().await?;
    let job = find(&mut conn, job).await?;
    Ok(task::read_log(&mut conn, job.id, MOST_LOG).await?)
}

async fn find(conn: &mut minato_db::Conn, job: &str) -> Result<Task> {
    let id: i64 = job.parse().map_err(|_| Error::NotFound(Noun::Job))?;
    task::get(conn, None, TaskId(id)).await?.ok_or(Error::NotFound(Noun::Job))
}
