//! How much was stored when: looked at now and then, kept for each day.

use std::time::Duration;

use minato_db::growth::Sample;
use minato_types::clock::Timestamp;

use crate::authz::{ProjectGrant, QuotaRead, SystemGrant, SystemQuotaList};
use crate::{App, Result};

/// How often it is looked at.
pub(crate) const INTERVAL: Duration = Duration::from_mins(30);

/// How many days of a project are kept, and shown at most.
pub const MOST_DAYS: i64 = 366;

/// How many projects are looked at together.
const SLICE: i64 = 1000;

/// What was used at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When the day began, in UTC.
    pub from: Timestamp,
    /// Bytes.
    pub used: i64,
}

/// Writes down what all projects use at the moment.
pub async fn sample(app: &App) -> Result<()> {
    let today = day_of(app.clock.now());
    let mut conn = app.db.read().await?;
    let (last_day, last_project) = minato_db::growth::ends(&mut conn).await?;
    let used = minato_db::quota::total(&mut conn).await?;
    drop(conn);
    let mut tx = app.db.begin().await?;
    minato_db::growth::put(&mut tx, Sample { day: today, used }).await?;
    tx.commit().await?;
    let mut after = 0;
    while after < last_project {
        let slice = (after, after.saturating_add(SLICE));
        after = slice.1;
        match sample_some(app, today, last_day < today, slice).await {
            // One of them was just deleted; the others have their turn the next time.
            Err(minato_db::Error::Referenced) => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

async fn sample_some(
    app: &App,
    today: i64,
    is_first: bool,
    slice: (i64, i64),
) -> std::result::Result<(), minato_db::Error> {
    let mut tx = app.db.begin().await?;
    minato_db::growth::sample(&mut tx, today, slice).await?;
    if is_first {
        minato_db::growth::forget(&mut tx, today - MOST_DAYS, slice).await?;
        minato_db::activity::forget(&mut tx, today - MOST_DAYS, slice).await?;
    }
    tx.commit().await
}

/// What a project used on each of the last so many days, today with what it uses now. Days before
/// anybody looked are left out.
pub async fn of_project(app: &App, grant: &ProjectGrant<QuotaRead>, days: i64) -> Result<Vec<Day>> {
    let today = day_of(app.clock.now());
    let mut conn = app.db.read().await?;
    let samples = minato_db::growth::list_of_project(&mut conn, grant.project, today - days + 1).await?;
    let now = minato_db::quota::usage(&mut conn, grant.project).await?.map_or(0, |(_, used)| used);
    Ok(fill(&samples, now, today, days))
}

/// As [`of_project`], of all projects together.
pub async fn of_all(app: &App, _: &SystemGrant<SystemQuotaList>, days: i64) -> Result<Vec<Day>> {
    let today = day_of(app.clock.now());
    let mut conn = app.db.read().await?;
    let samples = minato_db::growth::list(&mut conn, today - days + 1).await?;
    let now = minato_db::quota::total(&mut conn).await?;
    Ok(fill(&samples, now, today, days))
}

pub(crate) fn day_of(moment: Timestamp) -> i64 {
    moment.as_secs().div_euclid(86_400)
}

pub(crate) fn start_of(day: i64) -> Timestamp {
    Timestamp::from_micros(day.saturating_mul(86_400_000_000))
}

/// A day without a sample is as the one before it.
fn fill(samples: &[Sample], now: i64, today: i64, days: i64) -> Vec<Day> {
    let oldest = today - days + 1;
    let first = samples.first().map_or(today, |sample| sample.day.max(oldest));
    let mut rest = samples.iter().peekable();
    let mut used = now;
    let mut filled = Vec::new();
    for day in first..=today {
        while let Some(sample) = rest.next_if(|sample| sample.day <= day) {
            used = sample.used;
        }
        let used = if day == today { now } else { used };
        filled.push(Day { from: start_of(day), used });
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(samples: &[(i64, i64)], days: i64) -> Vec<(i64, i64)> {
        let samples: Vec<_> = samples.iter().map(|&(day, used)| Sample { day, used }).collect();
        fill(&samples, 9, 100, days).into_iter().map(|day| (day_of(day.from), day.used)).collect()
    }

    #[test]
    fn days_without_a_sample_are_as_the_one_before() {
        assert_eq!(filled(&[(96, 1), (98, 3)], 7), [(96, 1), (97, 1), (98, 3), (99, 3), (100, 9)]);
    }

    #[test]
    fn what_was_used_before_the_first_day_goes_on() {
        assert_eq!(filled(&[(80, 5)], 3), [(98, 5), (99, 5), (100, 9)]);
        assert_eq!(filled(&[(80, 5), (99, 6)], 3), [(98, 5), (99, 6), (100, 9)]);
    }

    #[test]
    fn today_is_as_it_is_now() {
        assert_eq!(filled(&[], 30), [(100, 9)]);
        assert_eq!(filled(&[(100, 2)], 30), [(100, 9)]);
        assert_eq!(filled(&[(80, 2)], 1), [(100, 9)]);
    }
}
