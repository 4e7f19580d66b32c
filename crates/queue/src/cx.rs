//! What a task has while it runs: its log, what it tells of itself, and whether it is to stop.

use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use minato_db::{Db, task};
use minato_types::clock::{Clock, Timestamp};
use minato_types::id::{ExecutionId, TaskId};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::JobError;

/// How often what a task logs and tells is written down while it runs.
const FLUSH: Duration = Duration::from_secs(1);

/// Most bytes that a task logs, as many as Harbor shows.
const MOST_LOG: usize = 10 << 20;

/// What a running task has.
pub struct Cx {
    db: Db,
    clock: Arc<dyn Clock>,
    execution: ExecutionId,
    task: TaskId,
    worker: String,
    stop: CancellationToken,
    told: Mutex<Told>,
}

struct Told {
    log: String,
    logged: usize,
    attributes: Map<String, Value>,
    changed: bool,
    flushed_at: Instant,
    /// How much was done when the work began that is so far, and when that was.
    began: Option<(u64, Instant)>,
}

/// What is counted to tell how far a task is.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// Things, each about as long as another.
    Things,
    /// Bytes, read no faster than at this rate.
    Bytes {
        /// How many in a second, at most.
        most_per_second: f64,
    },
}

impl Cx {
    pub(crate) fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        task: &task::Claimed,
        worker: String,
        stop: CancellationToken,
    ) -> Self {
        let attributes = serde_json::from_str(&task.attributes).unwrap_or_default();
        let now = Instant::now();
        let told =
            Told { log: String::new(), logged: 0, attributes, changed: false, flushed_at: now, began: None };
        let (execution, task) = (task.execution, task.id);
        Self { db, clock, execution, task, worker, stop, told: Mutex::new(told) }
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Logs what was done.
    pub fn info(&self, line: impl Display) {
        self.log("INFO", &line);
    }

    /// Logs what went wrong.
    pub fn error(&self, line: impl Display) {
        self.log("ERROR", &line);
    }

    fn log(&self, level: &str, line: &dyn Display) {
        let at = jiff::Timestamp::from_second(self.clock.now().as_secs()).unwrap_or_default();
        // PostgreSQL keeps no NUL, and what a receiver answers may have one in it.
        let line = format!("{at} [{level}] {line}\n").replace('\0', "");
        let (execution, task) = (self.execution.0, self.task.0);
        tracing::debug!(execution, task, line = line.trim_end(), "job log");
        let mut told = self.told();
        let room = MOST_LOG.saturating_sub(told.logged);
        if room == 0 {
            return;
        }
        let end = line.floor_char_boundary(room);
        told.logged += line.len().min(room);
        told.log.push_str(line.get(..end).unwrap_or_default());
        if end < line.len() {
            told.logged = MOST_LOG;
            told.log.push_str("\nthe log ends here: it is as long as it may be\n");
        }
    }

    /// Shows something with the task.
    pub fn set(&self, key: &str, value: impl Into<Value>) {
        let mut told = self.told();
        told.attributes.insert(key.to_owned(), value.into());
        told.changed = true;
    }

    /// Shows how far the task is: how much of how much, and how many seconds are left if it goes on
    /// like this. A part of the work that begins tells first what is done before it.
    pub fn progress(&self, done: u64, total: u64) {
        self.progress_in(Unit::Things, done, total);
    }

    /// The same, of what is told with it.
    pub fn progress_in(&self, unit: Unit, done: u64, total: u64) {
        let (before, since) = self.part(done);
        let mut progress =
            Map::from_iter([("done".to_owned(), done.into()), ("total".to_owned(), total.into())]);
        if let Some(eta) = seconds_left(unit, (done - before, since.elapsed()), total.saturating_sub(done)) {
            progress.insert("eta_seconds".to_owned(), eta.into());
        }
        if let Unit::Bytes { .. } = unit {
            progress.insert("unit".to_owned(), "bytes".into());
        }
        self.set("progress", progress);
    }

    /// Where the part of the work began that is so far. One that goes on where another broke off did
    /// not do what that one did.
    fn part(&self, done: u64) -> (u64, Instant) {
        let mut told = self.told();
        let known = told.began.filter(|(before, _)| done > 0 && done >= *before);
        let began = known.unwrap_or_else(|| (done, Instant::now()));
        told.began = Some(began);
        began
    }

    /// Writes down what the task told, now and then; fails when it is to stop. To be called between
    /// any two pieces of work.
    pub async fn checkpoint(&self) -> Result<(), JobError> {
        if self.stop.is_cancelled() {
            return Err(JobError::Stopped);
        }
        if self.told().flushed_at.elapsed() >= FLUSH {
            self.flush().await;
        }
        Ok(())
    }

    /// Tells when the task is to stop.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Returns when the task is to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    async fn flush(&self) {
        let (log, attributes) = self.take();
        if let Err(error) = self.write(&log, attributes.as_deref()).await {
            // It is written with the next flush, or with the outcome.
            tracing::warn!(task = self.task.0, %error, "could not write down what a task told");
            let mut told = self.told();
            told.log.insert_str(0, &log);
            told.changed |= attributes.is_some();
        }
    }

    async fn write(&self, log: &str, attributes: Option<&str>) -> Result<(), minato_db::Error> {
        let mut tx = self.db.begin().await?;
        if !log.is_empty() {
            task::append_logs(&mut tx, &[(self.task, log)]).await?;
        }
        if let Some(attributes) = attributes {
            let now = self.clock.now();
            task::update_attributes(&mut tx, self.task, &self.worker, attributes, now).await?;
        }
        tx.commit_soon().await
    }

    /// What was not written down yet: the log, and the attributes if they changed.
    fn take(&self) -> (String, Option<String>) {
        let mut told = self.told();
        told.flushed_at = Instant::now();
        let changed = std::mem::take(&mut told.changed);
        (std::mem::take(&mut told.log), changed.then(|| Value::Object(told.attributes.clone()).to_string()))
    }

    /// The rest of the log, and all attributes.
    pub(crate) fn finish(&self) -> (String, Map<String, Value>) {
        let mut told = self.told();
        (std::mem::take(&mut told.log), told.attributes.clone())
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        // Nothing panics while holding it, and no half-done state could be seen if it did.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many seconds are left for what is left, as so much took so long; `None` while nobody can tell.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn seconds_left(unit: Unit, (done, spent): (u64, Duration), left: u64) -> Option<f64> {
    let left = left as f64;
    let as_so_far = (done > 0).then(|| spent.as_secs_f64() * left / done as f64);
    let at_best = match unit {
        Unit::Things => None,
        Unit::Bytes { most_per_second } => Some(left / most_per_second),
    };
    [as_so_far, at_best].into_iter().flatten().reduce(f64::max).map(f64::ceil)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_was_done_and_no_less_than_it_may() {
        let check = |unit, done, spent, left, wanted: Option<f64>| {
            assert_eq!(
                seconds_left(unit, (done, Duration::from_secs(spent)), left),
                wanted,
                "{unit:?} {done}"
            );
        };
        check(Unit::Things, 0, 10, 100, None);
        check(Unit::Things, 50, 10, 100, Some(20.0));
        check(Unit::Things, 100, 10, 0, Some(0.0));
        let paced = Unit::Bytes { most_per_second: 10.0 };
        check(paced, 0, 0, 300, Some(30.0));
        check(paced, 100, 1, 300, Some(30.0));
        check(paced, 100, 20, 300, Some(60.0));
    }
}
