//! A check for somebody at the command line: the same job, queued like any other, with a worker of
//! this process that takes nothing but checks. A server that runs may do it as well; whoever does,
//! the outcome is the same, and when this process is lost a server goes on with it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use minato_db::Tx;
use minato_db::schedule::Schedule;
use minato_db::task::{self, Claimed, Task, Which};
use minato_queue::{Cx, JobError, Jobs, Kind, Options, Worker};
use minato_types::id::TaskId;
use minato_types::job::Status;
use serde_json::{Map, Value};

use super::checked;
use super::report::Report;
use crate::job::history::MOST_LOG;
use crate::job::{self, JobKind, Runner};
use crate::{App, Error, Result};

const KINDS: [Kind; 2] = [JobKind::Fsck.limits(), JobKind::Scrub.limits()];

/// How often it is looked how far the check is.
const POLL: Duration = Duration::from_millis(200);

/// What came of a check.
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// What went wrong, if something did.
    pub message: String,
    /// What it found.
    pub report: Report,
    /// Its log.
    pub log: String,
}

/// Takes checks and nothing else.
struct Checks(Runner);

#[async_trait]
impl Jobs for Checks {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn keep(&self, vendor_type: &str) -> i64 {
        self.0.keep(vendor_type)
    }

    async fn run(&self, task: &Claimed, cx: &Cx) -> std::result::Result<Map<String, Value>, JobError> {
        self.0.run(task, cx).await
    }

    async fn fire(&self, tx: &mut Tx, schedule: &Schedule) -> std::result::Result<(), JobError> {
        self.0.fire(tx, schedule).await
    }
}

/// Compares database and store. `tell` is called with what is done and what there is, about; when
/// `stop` is done, the check is stopped.
pub async fn fsck(
    app: &Arc<App>,
    repair: bool,
    tell: impl FnMut(u64, u64),
    stop: impl Future<Output = ()>,
) -> Result<Outcome> {
    let parameters = Map::from_iter([("repair".to_owned(), repair.into())]);
    run(app, JobKind::Fsck, parameters, tell, stop).await
}

/// Reads all blobs again, `rate` mebibytes in a second; as [`fsck`].
pub async fn scrub(
    app: &Arc<App>,
    rate: u32,
    tell: impl FnMut(u64, u64),
    stop: impl Future<Output = ()>,
) -> Result<Outcome> {
    let parameters = Map::from_iter([("rate".to_owned(), rate.into())]);
    run(app, JobKind::Scrub, parameters, tell, stop).await
}

async fn run(
    app: &Arc<App>,
    kind: JobKind,
    parameters: Map<String, Value>,
    mut tell: impl FnMut(u64, u64),
    stop: impl Future<Output = ()>,
) -> Result<Outcome> {
    let parameters = checked(kind, parameters)?;
    let id = queue(app, kind, &parameters).await?;
    let options = Options { slots: 1, ..Options::default() };
    let jobs = Arc::new(Checks(Runner(Arc::clone(app))));
    let worker = Worker::start(app.db.clone(), Arc::clone(&app.clock), jobs, options);
    let mut stop = std::pin::pin!(stop);
    let mut stopping = false;
    let ended = loop {
        let task = find(app, id).await?;
        tell_progress(&task, &mut tell);
        if task.ended_at.is_some() {
            break task;
        }
        // It would be tried again in a while; who waits for it wants to know now.
        let mut is_over = task.status == Status::Scheduled;
        if !is_over {
            tokio::select! {
                () = &mut stop, if !stopping => is_over = true,
                () = tokio::time::sleep(POLL) => {}
            }
        }
        if is_over {
            stopping = true;
            minato_queue::stop(&app.db, job::keep, Which::One(id), app.clock.now()).await?;
        }
    };
    worker.stop().await;
    let mut conn = app.db.read().await?;
    let log = task::read_log(&mut conn, id, MOST_LOG).await?;
    let attributes: Value = serde_json::from_str(&ended.attributes).unwrap_or_default();
    let report = attributes.get("report").cloned().unwrap_or_default();
    let report = serde_json::from_value(report).unwrap_or_default();
    Ok(Outcome { status: ended.status, message: ended.message, report, log })
}

/// Queues the check, or joins the one that waits or runs, if it is the same.
async fn queue(app: &App, kind: JobKind, parameters: &Value) -> Result<TaskId> {
    let lost = || Error::Conflict("another check has just ended; try again".to_owned());
    let started = job::start(app, kind, parameters).await;
    let mut conn = app.db.read().await?;
    match started {
        Ok(execution) => {
            return Ok(task::get_first(&mut conn, execution).await?.ok_or_else(lost)?.id);
        }
        Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    let id = task::get_queued(&mut conn, kind.as_str()).await?.ok_or_else(lost)?;
    let known = task::get(&mut conn, None, id).await?.ok_or_else(lost)?;
    if serde_json::from_str::<Value>(&known.parameters).ok().as_ref() == Some(parameters) {
        return Ok(id);
    }
    let (name, execution) = (kind.as_str(), known.execution);
    Err(Error::Conflict(format!(
        "{name} runs already with other parameters ({}), as run {execution}; wait until it has ended, stop it, or go on with it by the same parameters",
        known.parameters
    )))
}

async fn find(app: &App, id: TaskId) -> Result<Task> {
    let mut conn = app.db.read().await?;
    let gone = || Error::Conflict("the check is not in the history any more".to_owned());
    task::get(&mut conn, None, id).await?.ok_or_else(gone)
}

fn tell_progress(task: &Task, tell: &mut impl FnMut(u64, u64)) {
    let attributes: Value = serde_json::from_str(&task.attributes).unwrap_or_default();
    let number = |name: &str| attributes.get("progress").and_then(|progress| progress.get(name)?.as_u64());
    if let (Some(done), Some(total)) = (number("done"), number("total")) {
        tell(done, total);
    }
}
