//! Work on blocking threads, one item after another, without holding a thread while
//! there is nothing to do.
//!
//! A thread per upload would let five hundred slow clients use up the blocking pool and
//! stop every read. A lane borrows a thread when an item arrives and gives it back when
//! its queue is empty: a fast sender keeps it warm, a slow one costs nothing.
//!
//! The queue is unbounded here; the feeder bounds it (see `disk::intake`).

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What a worker does with one item. After an error the lane takes no more.
pub(crate) type Step<W, I> = fn(&mut W, I) -> io::Result<()>;

/// A worker `W` and the items `I` it is given, in order.
pub(crate) struct Lane<W, I> {
    shared: Arc<Shared<W, I>>,
}

struct Shared<W, I> {
    seat: Mutex<Seat<W, I>>,
    rested: Notify,
    step: Step<W, I>,
}

struct Seat<W, I> {
    waiting: VecDeque<I>,
    /// `None` while a thread has it (or lost it in a panic).
    worker: Option<W>,
    failed: bool,
    failure: Option<io::Error>,
}

impl<W: Send + 'static, I: Send + 'static> Lane<W, I> {
    pub(crate) fn new(worker: W, step: Step<W, I>) -> Self {
        let seat = Seat { waiting: VecDeque::new(), worker: Some(worker), failed: false, failure: None };
        Self { shared: Arc::new(Shared { seat: Mutex::new(seat), rested: Notify::new(), step }) }
    }

    /// Queues an item. Must be called within a Tokio runtime (its blocking threads count).
    pub(crate) fn offer(&self, item: I) {
        let mut seat = self.shared.lock();
        if seat.failed {
            return;
        }
        seat.waiting.push_back(item);
        if let Some(worker) = seat.worker.take() {
            let shared = Arc::clone(&self.shared);
            tokio::task::spawn_blocking(move || shared.run(worker));
        }
    }

    /// Whether the worker has nothing to do.
    pub(crate) fn is_resting(&self) -> bool {
        self.shared.lock().worker.is_some()
    }

    /// Whether a step failed; [`finish`](Self::finish) says how.
    pub(crate) fn has_failed(&self) -> bool {
        self.shared.lock().failed
    }

    /// Waits until everything offered is done, and hands back the worker.
    pub(crate) async fn finish(self) -> io::Result<W> {
        loop {
            // Made before looking, so that no wake-up falls in between.
            let rested = self.shared.rested.notified();
            {
                let mut seat = self.shared.lock();
                if let Some(failure) = seat.failure.take() {
                    return Err(failure);
                }
                if let Some(worker) = seat.worker.take() {
                    return Ok(worker);
                }
            }
            rested.await;
        }
    }
}

impl<W, I> Shared<W, I> {
    fn lock(&self) -> MutexGuard<'_, Seat<W, I>> {
        // Nothing panics while holding it, and no half-done state could be seen if it did.
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut worker: W) {
        let _watch = Watch(self);
        loop {
            let item = {
                let mut seat = self.lock();
                if let Some(item) = seat.waiting.pop_front() {
                    item
                } else {
                    seat.worker = Some(worker);
                    return;
                }
            };
            if let Err(failure) = (self.step)(&mut worker, item) {
                // Before anybody hears of it: what the worker holds, such as a locked file, is free.
                drop(worker);
                return self.fail(failure);
            }
        }
    }

    fn fail(&self, failure: io::Error) {
        let mut seat = self.lock();
        seat.failed = true;
        seat.failure = Some(failure);
        seat.waiting.clear();
    }
}

/// Wakes the finisher however the run ended, a panic included.
struct Watch<'a, W, I>(&'a Shared<W, I>);

impl<W, I> Drop for Watch<'_, W, I> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail(io::Error::other("a storage worker panicked"));
        }
        self.0.rested.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn items_are_done_in_order() {
        let lane = Lane::new(Vec::new(), |seen: &mut Vec<u32>, item| {
            seen.push(item);
            Ok(())
        });
        for item in 0..1000 {
            lane.offer(item);
            if item % 100 == 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(lane.finish().await.unwrap(), (0..1000).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_failure_ends_it() {
        let lane =
            Lane::new((), |(), item: u32| if item == 3 { Err(io::Error::other("three")) } else { Ok(()) });
        for item in 0..10 {
            lane.offer(item);
        }
        assert_eq!(lane.finish().await.unwrap_err().to_string(), "three");
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_and_no_hang() {
        let lane = Lane::new((), |(), _: u32| panic!("on purpose"));
        lane.offer(1);
        assert!(lane.finish().await.is_err());
    }
}
