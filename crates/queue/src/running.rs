//! The tasks that this process runs at the moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use minato_db::task::{Claimed, Outcome};
use minato_types::clock::Timestamp;
use minato_types::id::TaskId;
use minato_types::job::Status;
use serde_json::{Map, Value};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::{Cx, JobError, Jobs, Kind};

type Done = Result<Map<String, Value>, JobError>;

/// The tasks whose leases this process keeps, and how to end each. Shared by the loop that runs
/// them and the one that keeps their leases.
#[derive(Default)]
pub(crate) struct Held(Mutex<HashMap<TaskId, Grip>>);

struct Grip {
    /// Tells this run of a task from another.
    run: Id,
    kind: String,
    stop: CancellationToken,
    abort: AbortHandle,
}

impl Held {
    fn grips(&self) -> MutexGuard<'_, HashMap<TaskId, Grip>> {
        // Nothing panics while holding it, and no half-done state could be seen if it did.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, by id, each with the run that is meant.
    pub(crate) fn snapshot(&self) -> Vec<(TaskId, Id)> {
        let mut held: Vec<_> = self.grips().iter().map(|(id, grip)| (*id, grip.run)).collect();
        held.sort_unstable_by_key(|(id, _)| *id);
        held
    }

    /// Asks a task to stop.
    pub(crate) fn stop(&self, id: TaskId) {
        if let Some(grip) = self.grips().get(&id) {
            grip.stop.cancel();
        }
    }

    /// Asks all to stop.
    pub(crate) fn stop_all(&self) {
        self.grips().values().for_each(|grip| grip.stop.cancel());
    }

    /// Ends this run of a task at once, as the task may be running elsewhere by now.
    pub(crate) fn abort(&self, id: TaskId, run: Id) {
        if let Some(grip) = self.grips().get(&id)
            && grip.run == run
            && !grip.abort.is_finished()
        {
            tracing::warn!(task = id.0, kind = grip.kind, "lost the lease on a task; gave it up");
            grip.abort.abort();
        }
    }

    /// As [`abort`](Self::abort), for all.
    pub(crate) fn abort_all(&self) {
        self.grips().values().for_each(|grip| grip.abort.abort());
    }

    /// Forgets tasks whose outcome was written down.
    pub(crate) fn release(&self, finished: &[Finished]) {
        for finished in finished {
            self.remove(finished.outcome.task.id, finished.run);
        }
    }

    fn insert(&self, id: TaskId, grip: Grip) {
        self.grips().insert(id, grip);
    }

    /// Forgets this run of a task, not one that began since.
    fn remove(&self, id: TaskId, run: Id) {
        let mut grips = self.grips();
        if grips.get(&id).is_some_and(|grip| grip.run == run) {
            grips.remove(&id);
        }
    }
}

/// A task that has ended here, and what it logged last.
pub(crate) struct Finished {
    run: Id,
    pub(crate) outcome: Outcome,
    pub(crate) log: String,
}

/// Runs tasks.
pub(crate) struct Running {
    pub(crate) held: Arc<Held>,
    set: JoinSet<Done>,
    known: HashMap<Id, (Claimed, Arc<Cx>)>,
}

impl Running {
    pub(crate) fn new(held: Arc<Held>) -> Self {
        Self { held, set: JoinSet::new(), known: HashMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Begins a task. Once it was asked to stop it has `grace` for it.
    pub(crate) fn spawn(
        &mut self,
        jobs: Arc<dyn Jobs>,
        task: Claimed,
        cx: Arc<Cx>,
        stop: CancellationToken,
        grace: Duration,
    ) {
        let (id, kind) = (task.id, task.kind.clone());
        let running = (task.clone(), Arc::clone(&cx));
        let overdue = stop.clone();
        // Of the gravest level, so that lines have the ids whatever level is logged.
        let span = tracing::error_span!(
            parent: None,
            "job",
            component = "jobservice",
            execution = task.execution.0,
            task = id.0,
            otel.name = kind,
            otel.status_code = Empty,
        );
        let run = async move {
            let done = tokio::select! {
                done = jobs.run(&task, &cx) => done,
                () = async {
                    overdue.cancelled().await;
                    tokio::time::sleep(grace).await;
                } => Err(JobError::Stopped),
            };
            if matches!(done, Err(JobError::Retry(_) | JobError::Failed(_))) {
                Span::current().record("otel.status_code", "ERROR");
            }
            done
        };
        let abort = self.set.spawn(run.instrument(span));
        self.known.insert(abort.id(), running);
        self.held.insert(id, Grip { run: abort.id(), kind, stop, abort });
    }

    /// How many there are of a kind.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.known.values().filter(|(task, _)| task.kind == kind).count()
    }

    /// Waits until one has ended: what came of it, unless its lease was lost. Waits for ever when there
    /// are none.
    pub(crate) async fn next(&mut self, kinds: &[Kind], now: impl Fn() -> Timestamp) -> Option<Finished> {
        let Some(first) = self.set.join_next_with_id().await else { return std::future::pending().await };
        self.finish(first, kinds, now())
    }

    /// As [`next`](Self::next), of all that have ended by now.
    pub(crate) fn ended(&mut self, kinds: &[Kind], now: impl Fn() -> Timestamp) -> Vec<Finished> {
        let mut finished = Vec::new();
        while let Some(next) = self.set.try_join_next_with_id() {
            finished.extend(self.finish(next, kinds, now()));
        }
        finished
    }

    fn finish(
        &mut self,
        joined: Result<(Id, Done), JoinError>,
        kinds: &[Kind],
        now: Timestamp,
    ) -> Option<Finished> {
        let (id, done) = match joined {
            Ok((id, done)) => (id, Some(done)),
            Err(error) if error.is_cancelled() => (error.id(), None),
            Err(error) => (error.id(), Some(Err(JobError::Failed("the job panicked".to_owned())))),
        };
        let (task, cx) = self.known.remove(&id)?;
        let Some(done) = done else {
            self.held.remove(task.id, id);
            return None;
        };
        let kind = kinds.iter().find(|kind| kind.name == task.kind);
        if let Err(error @ (JobError::Retry(_) | JobError::Failed(_))) = &done {
            cx.error(error);
        }
        let (log, mut attributes) = cx.finish();
        let (status, message, due_at) = verdict(&task, kind, &done, now);
        tell(&task, status, &message);
        attributes.extend(done.unwrap_or_default());
        // PostgreSQL keeps none, and a receiver or an error may have one in it.
        let attributes = Value::Object(attributes).to_string().replace("\\u0000", "");
        let message = message.replace('\0', "");
        let outcome = Outcome { task, status, message, attributes, due_at };
        Some(Finished { run: id, outcome, log })
    }
}

/// How a task stands after this try, why, and when it may be tried again.
fn verdict(task: &Claimed, kind: Option<&Kind>, done: &Done, now: Timestamp) -> (Status, String, Timestamp) {
    let tries = task.attempts - task.losses;
    match (done, kind) {
        (Ok(_), _) => (Status::Success, String::new(), now),
        // The row knows whether somebody asked for it; else it was this process that stops.
        (Err(JobError::Stopped), _) => (Status::Pending, String::new(), now),
        (Err(JobError::Retry(message)), Some(kind)) if tries < kind.max_attempts => {
            (Status::Scheduled, message.clone(), now.plus(backoff(kind.backoff, tries)))
        }
        (Err(JobError::Retry(message) | JobError::Failed(message)), _) => {
            (Status::Error, message.clone(), now)
        }
    }
}

/// Tells the log of what went wrong; what went well is seen in metrics.
fn tell(task: &Claimed, status: Status, message: &str) {
    let (execution, id, kind) = (task.execution.0, task.id.0, task.kind.as_str());
    match status {
        Status::Error => tracing::warn!(execution, task = id, kind, why = message, "a task failed"),
        Status::Scheduled => {
            tracing::info!(execution, task = id, kind, why = message, "a task failed; it is tried again");
        }
        _ => {}
    }
}

/// How long to wait after the try `attempt`, counted from 1.
fn backoff(first: Duration, attempt: i64) -> Duration {
    const LONGEST: Duration = Duration::from_hours(1);
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    first.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_later_and_later() {
        let first = Duration::from_secs(10);
        for (attempt, seconds) in [(1, 10), (2, 20), (3, 40), (9, 2560), (10, 3600), (1000, 3600)] {
            assert_eq!(backoff(first, attempt), Duration::from_secs(seconds), "{attempt}");
        }
    }
}
