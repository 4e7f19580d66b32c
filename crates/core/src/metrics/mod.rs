//! Figures for monitoring: what the jobs of this process did, what the database knows, what the
//! machine says. How they are written is decided in `web`.
//!
//! Figures of all projects read large indexes. They are remembered for half a minute, and for longer
//! where reading them takes long, so that whoever asks often costs little.

mod distribution;
mod job;
mod process;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use minato_db::metrics::{Artifacts, Damaged, Project, Repositories, Running, Waiting};
use minato_db::task::Queue;
use minato_queue::SCHEDULER;
use minato_store::Space;
use minato_types::clock::Timestamp;
use minato_types::id::ProjectId;
use tokio::sync::Mutex;

use crate::health::Component;
use crate::job::JobKind;
use crate::settings::{self, Values};
use crate::{App, Result, health};

pub use distribution::{Distribution, Reading};
pub use job::{Ended, Pool};
pub use minato_db::check::State as Checked;
pub use minato_db::garbage::Total as Collected;
pub use process::Process;

pub(crate) use job::Jobs;

/// How long figures of all projects are remembered at least.
const REMEMBERED: Duration = Duration::from_secs(30);
/// And how many times as long as reading them took.
const REMEMBERED_TIMES: u32 = 100;

/// What is counted while this process runs, and what is remembered.
#[derive(Default)]
pub(crate) struct Metrics {
    pub(crate) jobs: Jobs,
    remembered: Mutex<Option<(Timestamp, Arc<Totals>)>>,
}

/// Figures of all projects.
pub struct Totals {
    /// The projects.
    pub projects: Vec<Project>,
    /// Users that are members of them.
    pub members: Vec<(ProjectId, i64)>,
    /// Their repositories.
    pub repositories: Vec<Repositories>,
    /// Their artifacts.
    pub artifacts: Vec<Artifacts>,
    /// Bytes that wait to be deleted.
    pub garbage: Waiting,
    /// What checks of the store found.
    pub checks: Checks,
}

/// What waits, and what all processes run.
pub struct Work {
    /// The queues, and for how long the first job of each waits.
    pub queues: Vec<(Queue, Duration)>,
    /// What runs.
    pub running: Vec<Running>,
    /// Jobs that wait for their time.
    pub scheduled: i64,
    /// What garbage collection took away since the beginning.
    pub collected: Collected,
}

/// What checks of the store found.
pub struct Checks {
    /// Each kind of check, and what is known of it.
    pub states: Vec<(&'static str, Checked)>,
    /// What is damaged or set aside.
    pub found: Damaged,
}

/// Figures that need no database.
pub struct Own {
    /// Statements that this process gave to the database.
    pub statements: u64,
    /// Room for blobs; `None` where it has no end, or can't be seen now.
    pub space: Option<Space>,
    /// What this process uses, where that can be seen.
    pub process: Option<Process>,
    /// Log lines that were lost, by where they were to go.
    pub lost_lines: [(&'static str, u64); 2],
}

/// Log lines that were lost since the start, by where they were to go. The log itself counts them.
#[derive(Debug, Default)]
pub struct LogLosses {
    /// Standard output or files.
    pub local: Arc<AtomicU64>,
    /// The syslog server.
    pub syslog: Arc<AtomicU64>,
}

/// The parts and whether they work.
pub async fn components(app: &App) -> Vec<Component> {
    health::check(app).await
}

/// The settings that are told with the figures.
pub async fn settings(app: &App) -> Result<Arc<Values>> {
    settings::current(app).await
}

/// The jobs that ended in this process.
pub fn ended_jobs(app: &App) -> Vec<Ended> {
    app.metrics.jobs.read(Instant::now())
}

/// What runs jobs in this process, if anything does.
pub fn pool(app: &App) -> Option<Pool> {
    app.metrics.jobs.pool()
}

/// Figures of all projects, as they are or were a while ago.
pub async fn totals(app: &App) -> Result<Arc<Totals>> {
    let now = app.clock.now();
    // Held while reading, so that several who ask at once read once.
    let mut remembered = app.metrics.remembered.lock().await;
    if let Some((until, totals)) = &*remembered
        && now < *until
    {
        return Ok(Arc::clone(totals));
    }
    let started = Instant::now();
    let totals = Arc::new(read_totals(app).await?);
    let longer = started.elapsed() * REMEMBERED_TIMES;
    *remembered = Some((now.plus(REMEMBERED.max(longer)), Arc::clone(&totals)));
    Ok(totals)
}

async fn read_totals(app: &App) -> Result<Totals> {
    let mut conn = app.db.read().await?;
    Ok(Totals {
        projects: minato_db::metrics::list_projects(&mut conn).await?,
        members: minato_db::metrics::count_members(&mut conn).await?,
        repositories: minato_db::metrics::count_repositories(&mut conn).await?,
        artifacts: minato_db::metrics::count_artifacts(&mut conn).await?,
        garbage: minato_db::metrics::count_garbage(&mut conn).await?,
        checks: Checks {
            states: minato_db::check::list_states(
                &mut conn,
                &[JobKind::Fsck.as_str(), JobKind::Scrub.as_str()],
            )
            .await?,
            found: minato_db::metrics::count_damaged(&mut conn).await?,
        },
    })
}

/// What waits and runs now.
pub async fn work(app: &App) -> Result<Work> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let mut queues = minato_db::task::list_queues(&mut conn).await?;
    queues.retain(|queue| queue.kind != SCHEDULER);
    let waits = |queue: Queue| {
        let latency = queue.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
        (queue, latency)
    };
    Ok(Work {
        queues: queues.into_iter().map(waits).collect(),
        running: minato_db::metrics::count_running(&mut conn).await?,
        scheduled: minato_db::metrics::count_scheduled(&mut conn).await?,
        collected: minato_db::garbage::total(&mut conn).await?,
    })
}

/// What can be told without the database.
pub async fn own(app: &App) -> Own {
    let space = app.store.space().await.inspect_err(|error| {
        tracing::warn!(%error, "the room for blobs can't be seen");
    });
    let losses = &app.startup().log_losses;
    Own {
        statements: app.db.statements(),
        space: space.unwrap_or_default(),
        process: tokio::task::spawn_blocking(process::read).await.unwrap_or_default(),
        lost_lines: [("local", &losses.local), ("syslog", &losses.syslog)]
            .map(|(to, lost)| (to, lost.load(Ordering::Relaxed))),
    }
}
