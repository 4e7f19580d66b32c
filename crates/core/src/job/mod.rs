//! All kinds of jobs: what each is called, how many of it may run, and what does it. A new kind is
//! a word here, and a file beside its noun that does it.

pub(crate) mod cleanup;
pub mod history;
pub mod monitor;
pub mod schedule;
pub mod throughput;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use minato_db::Tx;
use minato_db::execution::NewExecution;
use minato_db::schedule::Schedule;
use minato_db::task::{Claimed, NewTask};
use minato_queue::{Cx, JobError, Jobs, Kind};
use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, RetentionId};
use minato_types::job::Trigger;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{App, Error, Result, audit, check, gc, retention, scan, webhook};

/// A kind of job, by Harbor's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Takes away what nobody can reach.
    GarbageCollection,
    /// Takes old entries out of the audit log.
    PurgeAudit,
    /// Shortens the history of jobs.
    ExecutionSweep,
    /// Takes away what has expired.
    Cleanup,
    /// Compares database and store.
    Fsck,
    /// Reads all blobs again.
    Scrub,
    /// Takes away what a project does not keep, in one repository.
    Retention,
    /// Tells a receiver what happened.
    Webhook,
    /// As that, to Slack.
    Slack,
    /// Has a scanner look into an artifact.
    ImageScan,
    /// Queues that for all artifacts.
    ScanAll,
}

impl JobKind {
    pub(crate) const ALL: [Self; 11] = [
        Self::GarbageCollection,
        Self::PurgeAudit,
        Self::ExecutionSweep,
        Self::Cleanup,
        Self::Fsck,
        Self::Scrub,
        Self::Retention,
        Self::Webhook,
        Self::Slack,
        Self::ImageScan,
        Self::ScanAll,
    ];

    /// Its name, as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GarbageCollection => "GARBAGE_COLLECTION",
            Self::PurgeAudit => "PURGE_AUDIT_LOG",
            Self::ExecutionSweep => "EXECUTION_SWEEP",
            Self::Cleanup => "SYSTEM_CLEANUP",
            Self::Fsck => "FSCK",
            Self::Scrub => "SCRUB",
            Self::Retention => "RETENTION",
            Self::Webhook => "WEBHOOK",
            Self::Slack => "SLACK",
            Self::ImageScan => "IMAGE_SCAN",
            Self::ScanAll => "SCAN_ALL",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    pub(crate) const fn limits(self) -> Kind {
        match self {
            // Those of the whole system: one at a time, and not again at once if it fails.
            Self::GarbageCollection
            | Self::PurgeAudit
            | Self::ExecutionSweep
            | Self::Cleanup
            | Self::ScanAll => Kind {
                name: self.as_str(),
                priority: 1000,
                at_once: Some(1),
                at_once_per_share: None,
                max_attempts: 1,
                backoff: Duration::from_mins(1),
            },
            // They go on where they were, after an outage too.
            Self::Fsck | Self::Scrub => Kind {
                name: self.as_str(),
                priority: 500,
                at_once: Some(1),
                at_once_per_share: None,
                max_attempts: 10,
                backoff: Duration::from_mins(1),
            },
            Self::Retention => Kind {
                name: self.as_str(),
                priority: 1000,
                at_once: None,
                // Two repositories of a project, so that others have their turn.
                at_once_per_share: Some(2),
                max_attempts: 3,
                backoff: Duration::from_mins(1),
            },
            Self::Webhook => Kind {
                name: self.as_str(),
                priority: 1000,
                at_once: None,
                // A receiver that falls silent keeps a place for seconds.
                at_once_per_share: Some(4),
                max_attempts: 4,
                backoff: Duration::from_secs(10),
            },
            Self::Slack => Kind {
                name: self.as_str(),
                priority: 1,
                at_once: Some(1),
                at_once_per_share: None,
                max_attempts: 4,
                backoff: Duration::from_secs(10),
            },
            Self::ImageScan => Kind {
                name: self.as_str(),
                priority: 1000,
                // They mostly wait for scanners, which do one after another; who keeps a place in a
                // process for that keeps it from others.
                at_once: Some(5),
                at_once_per_share: Some(3),
                max_attempts: 1,
                backoff: Duration::from_secs(10),
            },
        }
    }
}

static KINDS: [Kind; JobKind::ALL.len()] = [
    JobKind::GarbageCollection.limits(),
    JobKind::PurgeAudit.limits(),
    JobKind::ExecutionSweep.limits(),
    JobKind::Cleanup.limits(),
    JobKind::Fsck.limits(),
    JobKind::Scrub.limits(),
    JobKind::Retention.limits(),
    JobKind::Webhook.limits(),
    JobKind::Slack.limits(),
    JobKind::ImageScan.limits(),
    JobKind::ScanAll.limits(),
];

/// Whom the audit log names for what jobs do, as in Harbor.
pub(crate) const OPERATOR: &str = "harbor-jobservice";

/// How many ended executions are kept for each thing, as in Harbor.
pub(crate) fn keep(vendor_type: &str) -> i64 {
    match JobKind::parse(vendor_type) {
        Some(
            JobKind::PurgeAudit | JobKind::ExecutionSweep | JobKind::Cleanup | JobKind::Fsck | JobKind::Scrub,
        ) => 10,
        Some(JobKind::ImageScan | JobKind::ScanAll) => 1,
        Some(JobKind::GarbageCollection | JobKind::Retention | JobKind::Webhook | JobKind::Slack) | None => {
            50
        }
    }
}

/// Does jobs.
pub(crate) struct Runner(pub(crate) Arc<App>);

#[async_trait]
impl Jobs for Runner {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn keep(&self, vendor_type: &str) -> i64 {
        keep(vendor_type)
    }

    async fn run(&self, task: &Claimed, cx: &Cx) -> std::result::Result<Map<String, Value>, JobError> {
        let app = self.0.as_ref();
        let Some(kind) = JobKind::parse(&task.kind) else {
            return Err(JobError::Failed(format!("this program knows no job `{}`", task.kind)));
        };
        let counted = app.metrics.jobs.begin(kind);
        let done = run(app, kind, task, cx).await;
        counted.end(&done);
        done
    }

    async fn fire(&self, tx: &mut Tx, schedule: &Schedule) -> std::result::Result<(), JobError> {
        let now = self.0.clock.now();
        match JobKind::parse(&schedule.vendor_type) {
            Some(JobKind::Retention) => {
                retention::fire(tx, RetentionId(schedule.vendor_id), now).await?;
            }
            Some(kind) => {
                let parameters = serde_json::from_str(&schedule.parameters).unwrap_or_default();
                // One that is still running does what this one would.
                queue_single(tx, kind, Trigger::Schedule, &parameters, now).await?;
            }
            None => {}
        }
        Ok(())
    }
}

async fn run(
    app: &App,
    kind: JobKind,
    task: &Claimed,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    match kind {
        JobKind::GarbageCollection => gc::job::run(app, parameters(task)?, cx).await,
        JobKind::PurgeAudit => audit::purge::run(app, &parameters(task)?, cx).await,
        JobKind::ExecutionSweep => history::sweep(app, cx).await,
        JobKind::Cleanup => cleanup::run(app, cx).await,
        JobKind::Fsck => check::fsck::run(app, task, parameters(task)?, cx).await,
        JobKind::Scrub => check::scrub::run(app, task, parameters(task)?, cx).await,
        JobKind::Retention => retention::job::run(app, task, &parameters(task)?, cx).await,
        JobKind::Webhook | JobKind::Slack => webhook::job::run(app, task, &parameters(task)?, cx).await,
        JobKind::ImageScan => scan::job::run(app, task, &parameters(task)?, cx).await,
        JobKind::ScanAll => scan::all::run(app, task, &parameters(task)?, cx).await,
    }
}

/// Queues a job of the whole system; `None` while one of its kind is waiting or running.
async fn queue_single(
    tx: &mut Tx,
    kind: JobKind,
    trigger: Trigger,
    parameters: &Value,
    now: Timestamp,
) -> std::result::Result<Option<ExecutionId>, minato_db::Error> {
    let name = kind.as_str();
    if minato_db::task::get_queued(tx, name).await?.is_some() {
        return Ok(None);
    }
    let parameters = parameters.to_string();
    let new = NewExecution { vendor_type: name, vendor_id: 0, trigger, attributes: &parameters };
    let task = NewTask {
        kind: name,
        share: 0,
        sequence: None,
        uniqueness: Some(name.to_owned()),
        parameters: parameters.clone(),
        attributes: "{}".to_owned(),
        due_at: now,
    };
    let (id, queued) = minato_queue::enqueue(tx, &new, &[task], now).await?;
    // Somebody queued one since we looked; this execution has nothing to do and says so.
    Ok((queued > 0).then_some(id))
}

/// Starts a job of the whole system now; refused while one of its kind is waiting or running.
pub(crate) async fn start<P: Serialize>(app: &App, kind: JobKind, parameters: &P) -> Result<ExecutionId> {
    let parameters = serde_json::to_value(parameters).map_err(Error::internal)?;
    let mut tx = app.db.begin().await?;
    let queued = queue_single(&mut tx, kind, Trigger::Manual, &parameters, app.clock.now()).await?;
    let Some(id) = queued else {
        let name = kind.as_str();
        return Err(Error::Conflict(format!(
            "{name} is running already; wait until it has ended, or stop it"
        )));
    };
    tx.commit().await?;
    Ok(id)
}

/// What the task is to do.
fn parameters<P: DeserializeOwned>(task: &Claimed) -> std::result::Result<P, JobError> {
    serde_json::from_str(&task.parameters)
        .map_err(|error| JobError::Failed(format!("the job's parameters can't be read: {error}")))
}

/// What went wrong inside a job, as its log shows it. What may pass by itself is tried again.
impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) | Error::Busy => Self::Retry(error.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}
