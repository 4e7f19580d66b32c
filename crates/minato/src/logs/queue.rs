//! Lines between who logs and who writes them: bounded, and never waited for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::line::Line;

/// How many lines wait at most, and how many bytes of them.
const MOST_LINES: usize = 20_000;
const MOST_BYTES: usize = 16 << 20;

/// Lines that wait to be written to one place.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// Lines that were never written: those that found no room, and those that could not be
    /// written.
    lost: Arc<AtomicU64>,
    most_lines: usize,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<Arc<Line>>,
    weight: usize,
    closed: bool,
    /// Lost, and not told of in the log yet.
    untold: u64,
}

impl Queue {
    pub(super) fn new(lost: Arc<AtomicU64>) -> Self {
        Self { waiting: Mutex::default(), changed: Condvar::new(), lost, most_lines: MOST_LINES }
    }

    #[cfg(test)]
    pub(super) fn of(most_lines: usize) -> Self {
        Self { most_lines, ..Self::new(Arc::default()) }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while holding it, and no half-done state could be seen if it did.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line, or counts it as lost where there is no room. The lock is held for a push, or for
    /// taking all out.
    pub(super) fn push(&self, line: Arc<Line>) {
        let weight = line.weight();
        let mut waiting = self.waiting();
        if waiting.lines.len() >= self.most_lines || waiting.weight + weight > MOST_BYTES {
            waiting.untold += 1;
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        waiting.weight += weight;
        waiting.lines.push(line);
        let is_first = waiting.lines.len() == 1;
        drop(waiting);
        if is_first {
            self.changed.notify_all();
        }
    }

    /// Waits for lines and takes all; `None` when no more will come.
    pub(super) fn take(&self) -> Option<Vec<Arc<Line>>> {
        let mut waiting = self.waiting();
        while waiting.lines.is_empty() && !waiting.closed {
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.weight = 0;
        let lines = std::mem::take(&mut waiting.lines);
        (!lines.is_empty()).then_some(lines)
    }

    /// Counts lines that could not be written.
    pub(super) fn lose(&self, lines: usize) {
        let lines = lines as u64;
        self.waiting().untold += lines;
        self.lost.fetch_add(lines, Ordering::Relaxed);
    }

    /// How many were lost since this was asked last.
    pub(super) fn take_untold(&self) -> u64 {
        std::mem::take(&mut self.waiting().untold)
    }

    /// Takes no more waiting: what is there is to be written, and no more comes.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_all();
    }

    /// Waits for a while, or until it is closed; whether it is.
    pub(super) fn wait_closed(&self, time: Duration) -> bool {
        let open = |waiting: &mut Waiting| !waiting.closed;
        let waited = self.changed.wait_timeout_while(self.waiting(), time, open);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Arc<Line> {
        Arc::new(Line::own(0, text, Vec::new()))
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let queue = Queue::of(2);
        for text in ["1", "2", "3", "4"] {
            queue.push(line(text));
        }
        let taken: Vec<String> = queue.take().unwrap().iter().map(|line| line.message.clone()).collect();
        assert_eq!(taken, ["1", "2"]);
        assert_eq!((queue.take_untold(), queue.take_untold(), queue.lost.load(Ordering::Relaxed)), (2, 0, 2));
        queue.push(line("5"));
        queue.close();
        assert_eq!(queue.take().unwrap().len(), 1);
        assert!(queue.take().is_none() && queue.wait_closed(Duration::from_hours(1)));
    }

    #[test]
    fn its_bytes_are_bounded() {
        let queue = Queue::of(usize::MAX);
        let long = line(&"x".repeat(1 << 20));
        for _ in 0..100 {
            queue.push(Arc::clone(&long));
        }
        assert_eq!(queue.take().unwrap().len(), 15);
        assert_eq!(queue.take_untold(), 85);
    }
}
