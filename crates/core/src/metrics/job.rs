//! What became of the jobs that this process ran, and how long they took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use minato_queue::JobError;

use super::distribution::{Distribution, Reading};
use crate::job::JobKind;

pub use minato_db::worker::Worker as Pool;

/// How a job ended, in Harbor's words.
const OUTCOMES: [&str; 3] = ["success", "fail", "stop"];

/// The jobs of this process since it started.
#[derive(Default)]
pub(crate) struct Jobs {
    took: [[Distribution; OUTCOMES.len()]; JobKind::ALL.len()],
    /// How many of them nobody has written down yet.
    uncounted: [[AtomicU64; OUTCOMES.len()]; JobKind::ALL.len()],
    pool: Mutex<Option<Pool>>,
}

/// The jobs of one kind that ended in one way.
pub struct Ended {
    /// The kind.
    pub kind: &'static str,
    /// How they ended: `success`, `fail` or `stop`.
    pub outcome: &'static str,
    /// How long they took.
    pub took: Reading,
}

/// A job that runs. One that is given up before it has ended counts as stopped.
pub(crate) struct Run<'a> {
    jobs: &'a Jobs,
    kind: JobKind,
    started: Instant,
    outcome: usize,
}

impl Jobs {
    /// Counts a job from now on.
    pub(crate) fn begin(&self, kind: JobKind) -> Run<'_> {
        Run { jobs: self, kind, started: Instant::now(), outcome: 2 }
    }

    /// Remembers what runs jobs in this process; `None` when nothing does.
    pub(crate) fn set_pool(&self, pool: Option<Pool>) {
        *self.pool.lock().unwrap_or_else(PoisonError::into_inner) = pool;
    }

    /// What runs jobs in this process.
    pub(crate) fn pool(&self) -> Option<Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kinds and outcomes of what ended since this was asked last, with how many of each.
    pub(crate) fn take_uncounted(&self) -> Vec<(JobKind, &'static str, u64)> {
        let kinds = JobKind::ALL.into_iter().zip(&self.uncounted);
        let all = kinds.flat_map(|(kind, counts)| {
            OUTCOMES.into_iter().zip(counts).map(move |(outcome, count)| (kind, outcome, count))
        });
        all.map(|(kind, outcome, count)| (kind, outcome, count.swap(0, Ordering::Relaxed)))
            .filter(|(.., count)| *count > 0)
            .collect()
    }

    pub(super) fn read(&self, now: Instant) -> Vec<Ended> {
        let kinds = JobKind::ALL.into_iter().zip(&self.took);
        kinds
            .flat_map(|(kind, took)| {
                OUTCOMES.into_iter().zip(took).map(move |(outcome, took)| Ended {
                    kind: kind.as_str(),
                    outcome,
                    took: took.read(now),
                })
            })
            .collect()
    }
}

impl Run<'_> {
    /// Counts it as what came of it says.
    pub(crate) fn end<T>(mut self, done: &Result<T, JobError>) {
        self.outcome = match done {
            Ok(_) => 0,
            Err(JobError::Retry(_) | JobError::Failed(_)) => 1,
            Err(JobError::Stopped) => 2,
        };
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let outcome = if std::thread::panicking() { 1 } else { self.outcome };
        let kind = JobKind::ALL.iter().position(|kind| *kind == self.kind).unwrap_or_default();
        if let Some(took) = self.jobs.took.get(kind).and_then(|took| took.get(outcome)) {
            took.record(self.started.elapsed());
        }
        if let Some(count) = self.jobs.uncounted.get(kind).and_then(|counts| counts.get(outcome)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_counted_once() {
        let jobs = Jobs::default();
        let kind = JobKind::PurgeAudit;
        jobs.begin(kind).end(&Ok(()));
        jobs.begin(kind).end::<()>(&Err(JobError::Retry("busy".to_owned())));
        jobs.begin(kind).end::<()>(&Err(JobError::Failed("broken".to_owned())));
        jobs.begin(kind).end::<()>(&Err(JobError::Stopped));
        drop(jobs.begin(kind));
        let read = jobs.read(Instant::now());
        let counts: Vec<_> = read
            .iter()
            .filter(|ended| ended.kind == kind.as_str())
            .map(|ended| (ended.outcome, ended.took.count()))
            .collect();
        assert_eq!(counts, [("success", 1), ("fail", 2), ("stop", 2)]);
        assert_eq!(read.iter().map(|ended| ended.took.count()).sum::<u64>(), 5);
        assert_eq!(jobs.take_uncounted(), [(kind, "success", 1), (kind, "fail", 2), (kind, "stop", 2)]);
        assert_eq!(jobs.take_uncounted(), []);
    }
}
