//! Lines of a log that are like each other: the first ones, then how many more there were.

use std::sync::atomic::{AtomicU64, Ordering};

use minato_queue::Cx;

/// So many lines at most, however much they tell about.
pub(super) struct Lines<'a> {
    cx: &'a Cx,
    most: u64,
    told: AtomicU64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(cx: &'a Cx, most: u64) -> Self {
        Self { cx, most, told: AtomicU64::new(0) }
    }

    /// Logs a line, unless there were too many.
    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        if self.told.fetch_add(1, Ordering::Relaxed) < self.most {
            self.cx.info(line());
        }
    }

    /// Tells how many lines are missing.
    pub(super) fn end(&self, noun: &str) {
        let missing = self.told.load(Ordering::Relaxed).saturating_sub(self.most);
        if missing > 0 {
            self.cx.info(format!("and {missing} more {noun}, which are not listed"));
        }
    }
}
