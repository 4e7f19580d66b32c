//! What jobs of the whole system did: a list of runs, each with its outcome and its log.

use minato_db::execution;
use minato_db::task::{self, Which};
use minato_queue::{Cx, JobError};
use minato_types::id::ExecutionId;
use minato_types::query::Query;
use serde_json::{Map, Value};

use super::{JobKind, keep};
use crate::authz::{
    SystemFsckCreate, SystemFsckList, SystemFsckRead, SystemFsckStop, SystemFsckUpdate, SystemGcList,
    SystemGcRead, SystemGcStop, SystemGrant, SystemPermission, SystemPurgeList, SystemPurgeRead,
    SystemPurgeStop, SystemScanAllRead, SystemScrubCreate, SystemScrubList, SystemScrubRead, SystemScrubStop,
    SystemScrubUpdate,
};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

pub use minato_db::execution::Execution;
pub use minato_db::task::Task;

/// Most bytes of a log that are shown, as in Harbor.
pub(crate) const MOST_LOG: usize = 10 << 20;

/// A permission on runs, and of which kind of job they are.
pub trait OfRuns: SystemPermission {
    /// The kind.
    const KIND: JobKind;
}

macro_rules! of_runs {
    ($($kind:ident: $($permission:ident),*;)*) => {$($(
        impl OfRuns for $permission {
            const KIND: JobKind = JobKind::$kind;
        }
    )*)*};
}

of_runs! {
    GarbageCollection: SystemGcList, SystemGcRead, SystemGcStop;
    Fsck: SystemFsckCreate, SystemFsckList, SystemFsckRead, SystemFsckStop, SystemFsckUpdate;
    Scrub: SystemScrubCreate, SystemScrubList, SystemScrubRead, SystemScrubStop, SystemScrubUpdate;
    ScanAll: SystemScanAllRead;
    PurgeAudit: SystemPurgeList, SystemPurgeRead, SystemPurgeStop;
}

/// A run of a job.
pub struct Run {
    /// What was asked for.
    pub execution: Execution,
    /// What was done.
    pub task: Option<Task>,
}

impl Run {
    /// What the job was to do, and what it found, in one JSON object.
    pub fn parameters(&self) -> Value {
        let read = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
        let mut all = read(&self.execution.attributes);
        all.extend(self.task.as_ref().map(|task| read(&task.attributes)).unwrap_or_default());
        Value::Object(all)
    }
}

/// Lists runs, newest first.
pub async fn list<P: OfRuns>(
    app: &App,
    _: &SystemGrant<P>,
    query: &Query,
    window: Window,
) -> Result<Page<Run>> {
    let mut conn = app.db.read().await?;
    let (executions, total) = execution::list(&mut conn, &[P::KIND.as_str()], None, query, window).await?;
    let mut items = Vec::with_capacity(executions.len());
    for execution in executions {
        let task = task::get_first(&mut conn, execution.id).await?;
        items.push(Run { execution, task });
    }
    Ok(Page { items, total })
}

/// Shows a run.
pub async fn get<P: OfRuns>(app: &App, _: &SystemGrant<P>, id: ExecutionId) -> Result<Run> {
    find(app, P::KIND, id).await
}

async fn find(app: &App, kind: JobKind, id: ExecutionId) -> Result<Run> {
    let mut conn = app.db.read().await?;
    let found = execution::get(&mut conn, &[kind.as_str()], id).await?;
    let execution = found.ok_or(Error::NotFound(Noun::Execution))?;
    let task = task::get_first(&mut conn, id).await?;
    Ok(Run { execution, task })
}

/// Stops a run; nothing happens to one that has ended.
pub async fn stop<P: OfRuns>(app: &App, _: &SystemGrant<P>, id: ExecutionId) -> Result<()> {
    find(app, P::KIND, id).await?;
    minato_queue::stop(&app.db, keep, Which::Of(id), app.clock.now()).await?;
    Ok(())
}

/// What a run logged.
pub async fn log<P: OfRuns>(app: &App, _: &SystemGrant<P>, id: ExecutionId) -> Result<String> {
    let task = find(app, P::KIND, id).await?.task.ok_or(Error::NotFound(Noun::Job))?;
    let mut conn = app.db.read().await?;
    Ok(task::read_log(&mut conn, task.id, MOST_LOG).await?)
}

/// The job that shortens history where more is left than is to be kept, as after an upgrade: each
/// execution that ends does it for its own kind.
pub(super) async fn sweep(app: &App, cx: &Cx) -> std::result::Result<Map<String, Value>, JobError> {
    let dropped = minato_queue::trim_all(&app.db, keep).await?;
    cx.info(format!("dropped {dropped} executions"));
    Ok(Map::from_iter([("dropped".to_owned(), dropped.into())]))
}
