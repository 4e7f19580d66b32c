//! How work in batches keeps out of others' way.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Rests after each batch as long as the batch took, so that others have the database and the disk for
/// at least half of the time.
pub(crate) struct Pace<'a> {
    stop: &'a CancellationToken,
    begun: Instant,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(stop: &'a CancellationToken) -> Self {
        Self { stop, begun: Instant::now() }
    }

    /// Rests from the last batch; whether there may be another, as nobody asked to stop.
    pub(crate) async fn next(&mut self) -> bool {
        let rest = tokio::time::sleep(self.begun.elapsed());
        let goes_on = self.stop.run_until_cancelled(rest).await.is_some();
        self.begun = Instant::now();
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_rest_is_as_long_as_the_batch_and_ends_when_all_is_to_stop() {
        let stop = CancellationToken::new();
        let mut pace = Pace::new(&stop);
        let took = Duration::from_millis(20);
        pace.begun = Instant::now().checked_sub(took).unwrap();
        let rests_from = Instant::now();
        assert!(pace.next().await);
        assert!(rests_from.elapsed() >= took);

        // An hour is longer than any test may take.
        pace.begun = Instant::now().checked_sub(Duration::from_hours(1)).unwrap();
        let (goes_on, ()) = tokio::join!(pace.next(), async { stop.cancel() });
        assert!(!goes_on);
    }
}
