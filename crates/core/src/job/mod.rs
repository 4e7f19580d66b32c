//! Jobs: what the queue runs, and how it is told to. Their kinds are declared in `kind`.

pub(crate) mod cleanup;
pub mod history;
mod kind;
pub mod monitor;
pub mod schedule;
pub mod throughput;

use std::sync::Arc;

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

use crate::{App, Error, Result, retention};

pub use kind::JobKind;
pub(crate) use kind::keep;

/// Whom the audit log names for what jobs do, as in Harbor.
pub(crate) const OPERATOR: &str = "harbor-jobservice";

/// Does jobs.
pub(crate) struct Runner(pub(crate) Arc<App>);

#[async_trait]
impl Jobs for Runner {
    fn kinds(&self) -> &'static [Kind] {
        &kind::KINDS
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
        let done = kind.run(app, task, cx).await;
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
