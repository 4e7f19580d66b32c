//! When schedules fire: six fields as Harbor has them, seconds first, in UTC.
//!
//! What Harbor's parser (robfig/cron) takes means the same here. Taken besides: `L`, `W` and `#` in the fields of
//! days, `+` before the weekday for both days at once, and `7` for Sunday.

use chrono::{DateTime, Utc};
use croner::Cron as Pattern;
use croner::parser::{CronParser, Seconds, Year};
use minato_types::clock::Timestamp;

/// A parsed schedule text.
#[derive(Clone, Debug)]
pub struct Cron(Pattern);

/// The largest value of each field.
const MAXIMA: [u8; 6] = [59, 59, 23, 31, 12, 6];

/// The text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no schedule: expected six fields (second minute hour day month weekday), such as `0 0 2 * * *` for two o'clock each night, UTC"
)]
pub struct InvalidCron {
    text: String,
}

impl std::str::FromStr for Cron {
    type Err = InvalidCron;

    fn from_str(text: &str) -> Result<Self, InvalidCron> {
        let invalid = || InvalidCron { text: text.to_owned() };
        // Names of intervals and further fields are understood by the parser, and by Harbor not.
        if text.split_whitespace().count() != 6 || text.contains('@') {
            return Err(invalid());
        }
        let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Disallowed).build();
        let fields = text.split_whitespace().zip(MAXIMA).map(|(field, max)| spelled_out(field, max));
        let pattern = parser.parse(&fields.collect::<Vec<_>>().join(" ")).map_err(|_| invalid())?;
        let cron = Self(pattern);
        // A day that never comes, such as 30 February.
        if cron.next_after(Timestamp::from_micros(0)).is_none() {
            return Err(invalid());
        }
        Ok(cron)
    }
}

/// A field without what Harbor understands and the parser does not, or otherwise: `N/step` is from `N` to the
/// field's end, `?` and `*/1` are `*`.
fn spelled_out(field: &str, max: u8) -> String {
    let one = |part: &str| {
        let part = part.replace('?', "*");
        match part.split_once('/') {
            Some(("*", "1")) => "*".to_owned(),
            Some((from, step)) if from.chars().all(|c| c.is_ascii_alphanumeric()) && !from.is_empty() => {
                format!("{from}-{max}/{step}")
            }
            _ => part,
        }
    };
    field.split(',').map(one).collect::<Vec<_>>().join(",")
}

impl Cron {
    /// The first moment after `now` at which it fires.
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let now: DateTime<Utc> = DateTime::from_timestamp_micros(now.as_micros())?;
        let next = self.0.find_next_occurrence(&now, false).ok()?;
        Some(Timestamp::from_micros(next.timestamp_micros()))
    }

    /// Whether it fires at most once a minute, at its beginning: what Harbor asks of most schedules.
    pub fn is_on_the_minute(text: &str) -> bool {
        text.split_whitespace().next() == Some("0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn fires_when_harbor_would() {
        for (cron, now, next) in [
            ("0 0 * * * *", "2026-11-25T03:17:00Z", "2026-11-25T04:00:00Z"),
            ("0 0 0 * * *", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"),
            ("0 0 0 * * 0", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z"),
            ("0 0 0 * * SUN", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z"),
            ("*/10 * * * * *", "2026-11-25T00:00:01Z", "2026-11-25T00:00:10Z"),
            ("0 30 1-3 1,15 * *", "2026-11-25T00:00:00Z", "2026-12-01T01:30:00Z"),
            ("0 0 12 ? * 1-5", "2026-11-27T13:00:00Z", "2026-11-30T12:00:00Z"),
            // Either day will do when both are given.
            ("0 0 0 13 * 5", "2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z"),
            // From a value to the field's end.
            ("0 5/20 * * * *", "2026-11-25T00:05:00Z", "2026-11-25T00:25:00Z"),
            ("0 5/20 * * * *", "2026-11-25T00:45:00Z", "2026-11-25T01:05:00Z"),
            ("0 0,50/90 * * * *", "2026-11-25T00:00:00Z", "2026-11-25T00:50:00Z"),
            ("0 0 20/2 * * *", "2026-11-25T22:00:00Z", "2026-11-26T20:00:00Z"),
            ("0 0 0 1 JAN/6 *", "2026-11-25T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("0 0 0 * * 5/2", "2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z"),
            ("0 0 0 * * mon/3", "2026-11-26T00:00:00Z", "2026-11-30T00:00:00Z"),
            // A step of one leaves the day open.
            ("0 0 0 */1 * 5", "2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z"),
            ("0 ? ? 25 * ?", "2026-11-25T00:00:00Z", "2026-11-25T00:01:00Z"),
            // Harbor does not take these.
            ("0 0 0 L * *", "2026-11-25T00:00:00Z", "2026-11-30T00:00:00Z"),
            ("0 0 0 * * MON#1", "2026-11-25T00:00:00Z", "2026-12-07T00:00:00Z"),
            ("0 0 0 * * 7", "2026-11-25T00:00:00Z", "2026-11-29T00:00:00Z"),
            ("0 0 0 29 2 *", "2026-11-25T00:00:00Z", "2028-02-29T00:00:00Z"),
        ] {
            assert_eq!(cron.parse::<Cron>().unwrap().next_after(at(now)), Some(at(next)), "{cron}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "",
            "* * * * *",
            "0 0 0 * * * 2027",
            "@daily",
            "0 0 0 30 2 *",
            "0 61 * * * *",
            "a b c d e f",
            "0 60/5 * * * *",
            "0 /5 * * * *",
            "0 5/0 * * * *",
            "0 5/ * * * *",
            "0 0 0 * * 7/2",
        ] {
            assert!(bad.parse::<Cron>().is_err(), "{bad}");
        }
    }
}
