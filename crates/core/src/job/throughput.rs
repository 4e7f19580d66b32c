//! How many jobs came to an end in which hour, in all processes together: counted in memory, written
//! down every minute.
//!
//! What is in memory when the process is killed, or can't be written, is lost; it is statistics.

use std::time::Duration;

use minato_db::throughput::Count;
use minato_types::clock::Timestamp;

use super::JobKind;
use crate::authz::{SystemGrant, SystemJobList};
use crate::{App, Result};

/// How often it is written down.
pub(crate) const INTERVAL: Duration = Duration::from_mins(1);

/// How many hours are kept, and shown at most: a month.
pub const MOST_HOURS: i64 = 31 * 24;

/// The jobs of one kind that ended in one way within an hour.
pub struct Hour {
    /// When the hour began, in UTC.
    pub from: Timestamp,
    /// The kind.
    pub kind: String,
    /// How they ended: `success`, `fail` or `stop`.
    pub outcome: String,
    /// How many; one that is tried again counts each time.
    pub jobs: i64,
}

/// Writes down what ended in this process since it was done last.
pub async fn flush(app: &App) -> Result<()> {
    let ended = app.metrics.jobs.take_uncounted();
    if ended.is_empty() {
        return Ok(());
    }
    let hour = hour_of(app.clock.now());
    let count = |&(kind, outcome, jobs): &(JobKind, &str, u64)| {
        let (kind, outcome) = (kind.as_str().to_owned(), outcome.to_owned());
        Count { hour, kind, outcome, jobs: i64::try_from(jobs).unwrap_or(i64::MAX) }
    };
    let counts: Vec<_> = ended.iter().map(count).collect();
    let mut tx = app.db.begin().await?;
    minato_db::throughput::add(&mut tx, &counts).await?;
    minato_db::throughput::forget(&mut tx, hour - MOST_HOURS).await?;
    Ok(tx.commit().await?)
}

/// What ended in the last so many hours, the present one included.
pub async fn list(app: &App, _: &SystemGrant<SystemJobList>, hours: i64) -> Result<Vec<Hour>> {
    let since = hour_of(app.clock.now()) - hours + 1;
    let mut conn = app.db.read().await?;
    let counts = minato_db::throughput::list(&mut conn, since).await?;
    Ok(counts.into_iter().map(Hour::from).collect())
}

fn hour_of(moment: Timestamp) -> i64 {
    moment.as_secs().div_euclid(3600)
}

impl From<Count> for Hour {
    fn from(Count { hour, kind, outcome, jobs }: Count) -> Self {
        let from = Timestamp::from_micros(hour.saturating_mul(3_600_000_000));
        Self { from, kind, outcome, jobs }
    }
}
