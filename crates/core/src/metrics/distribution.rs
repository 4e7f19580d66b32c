//! How long things took: counted in buckets while they happen, read as a sum, as quantiles or as a
//! histogram when somebody looks.
//!
//! Recording is two atomic additions, so that it may be done for every request. The bounds are the
//! same round numbers in each power of ten, so that what a histogram shows is exact, and a quantile
//! is off by less than a bucket.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The bounds between one power of ten and the next, in thousandths of the first.
const STEPS: [u64; 16] =
    [1000, 1100, 1250, 1500, 1750, 2000, 2250, 2500, 3000, 3500, 4000, 5000, 6000, 7000, 8000, 9000];
/// From a microsecond to more than a day.
const DECADES: usize = 11;
/// One for each bound, and one for what is above all of them.
const BUCKETS: usize = STEPS.len() * DECADES + 1;

/// Over how much of the past quantiles are, as in Harbor.
const WINDOW: Duration = Duration::from_mins(10);
/// How far apart the states are that are kept of the past.
const PACE: Duration = Duration::from_mins(2);

/// Durations, counted.
pub struct Distribution {
    counts: [AtomicU64; BUCKETS],
    nanos: AtomicU64,
    /// The counts at some moments of the window, the oldest first.
    past: Mutex<VecDeque<(Instant, Counts)>>,
}

type Counts = Box<[u64]>;

/// A distribution as it was at one moment.
pub struct Reading {
    counts: Counts,
    recent: Counts,
    nanos: u64,
}

impl Default for Distribution {
    fn default() -> Self {
        let counts = std::array::from_fn(|_| AtomicU64::new(0));
        Self { counts, nanos: AtomicU64::new(0), past: Mutex::default() }
    }
}

impl Distribution {
    /// Counts one.
    pub fn record(&self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get(bucket(nanos)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// What was counted until `now`, and of that the last minutes.
    pub fn read(&self, now: Instant) -> Reading {
        let counts: Counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let nanos = self.nanos.load(Ordering::Relaxed);
        // Nothing panics while holding it, and no half-done state could be seen if it did.
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest that is as old as the window is where the window begins.
        while past.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            past.pop_front();
        }
        let recent = match past.front() {
            Some((at, before)) if now.duration_since(*at) >= WINDOW => {
                counts.iter().zip(before).map(|(now, before)| now.saturating_sub(*before)).collect()
            }
            _ => counts.clone(),
        };
        if past.back().is_none_or(|(at, _)| now.duration_since(*at) >= PACE) {
            past.push_back((now, counts.clone()));
        }
        Reading { counts, recent, nanos }
    }
}

impl Reading {
    /// Counts what another one has as well.
    pub fn add(&mut self, other: &Self) {
        let pairs =
            self.counts.iter_mut().zip(&other.counts).chain(self.recent.iter_mut().zip(&other.recent));
        pairs.for_each(|(count, more)| *count += more);
        self.nanos = self.nanos.saturating_add(other.nanos);
    }

    /// How many there were since the start.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many seconds they took together.
    pub fn sum(&self) -> f64 {
        Duration::from_nanos(self.nanos).as_secs_f64()
    }

    /// How many took no longer than `bound`, which must be a bound of the buckets.
    pub fn at_most(&self, bound: Duration) -> u64 {
        let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        self.counts.iter().take(bucket(nanos) + 1).sum()
    }

    /// So many seconds did the share `q` of the last minutes take at most; `None` if there were none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let total: u64 = self.recent.iter().sum();
        let mut rank = float(total) * q;
        let mut lower = 0.0;
        for (index, count) in self.recent.iter().enumerate().filter(|_| total > 0) {
            let upper = seconds(index);
            if *count > 0 && rank <= float(*count) {
                return Some(lower + (upper - lower) * rank / float(*count));
            }
            rank -= float(*count);
            lower = upper;
        }
        (total > 0).then_some(lower)
    }
}

/// The first bucket whose bound is not below.
fn bucket(nanos: u64) -> usize {
    let decade = nanos.max(1000).ilog10() - 3;
    let scaled = nanos.div_ceil(10u64.pow(decade));
    let step = STEPS.partition_point(|step| *step < scaled);
    (decade as usize * STEPS.len() + step).min(BUCKETS - 1)
}

/// The bucket's bound.
fn seconds(index: usize) -> f64 {
    let step = STEPS.get(index % STEPS.len()).copied().unwrap_or_default();
    let decade = u32::try_from(index / STEPS.len()).unwrap_or_default();
    Duration::from_nanos(step.saturating_mul(10u64.saturating_pow(decade))).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "counts are shown as such numbers anyway")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn bounds_belong_to_their_bucket() {
        for (nanos, bound) in [
            (0, 1_000),
            (1_000, 1_000),
            (1_001, 1_100),
            (9_000, 9_000),
            (9_001, 10_000),
            (10_000, 10_000),
            (10_001, 11_000),
            (4_999_999, 5_000_000),
            (5_000_000, 5_000_000),
            (5_000_001, 6_000_000),
            (2_500_000_000, 2_500_000_000),
        ] {
            let found = Duration::from_secs_f64(seconds(bucket(nanos)));
            assert_eq!(found, Duration::from_nanos(bound), "{nanos}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_histogram_is_exact() {
        let durations = Distribution::default();
        for took in [1, 5_000, 5_001, 10_000_000, 20_000_000_000] {
            durations.record(micros(took));
        }
        let reading = durations.read(Instant::now());
        for (bound, count) in [(5_000, 2), (10_000, 3), (10_000_000, 4)] {
            assert_eq!(reading.at_most(micros(bound)), count, "{bound}");
        }
        assert_eq!((reading.count(), durations.count()), (5, 5));
        assert!((reading.sum() - 20_010.010_002).abs() < 1e-6, "{}", reading.sum());
    }

    #[test]
    fn quantiles_are_of_the_last_minutes() {
        let (durations, start) = (Distribution::default(), Instant::now());
        let median = |minutes: u64| durations.read(start + Duration::from_mins(minutes)).quantile(0.5);
        assert_eq!(median(0), None);
        (1..=1000).for_each(|n| durations.record(micros(n * 10)));
        let found = median(1).unwrap();
        assert!((0.004_9..=0.005_1).contains(&found), "{found}");
        (0..3000).for_each(|_| durations.record(micros(100)));
        let found = median(2).unwrap();
        assert!((0.000_09..=0.000_1).contains(&found), "{found}");
        for minutes in 3..30 {
            median(minutes);
        }
        assert_eq!(median(30), None);
        durations.record(micros(500));
        assert!((0.000_4..=0.000_5).contains(&median(31).unwrap()));
    }
}
