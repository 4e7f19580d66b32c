//! When jobs begin by themselves.

use minato_db::schedule::{self, NewSchedule};
use minato_db::{Tx, Wake};
use minato_queue::cron::Cron;
use minato_types::clock::Timestamp;
use minato_types::query::Query;
use serde::Serialize;

use super::history::OfRuns;
use super::{JobKind, start};
use crate::authz::{SystemGrant, SystemJobList};
use crate::project::Page;
use crate::{App, Error, Result, Window};

pub use minato_db::schedule::Schedule;

/// What a client asks for in a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Once, now.
    Now,
    /// Never again by itself.
    Never,
    /// Whenever `cron` says.
    At {
        /// What the client calls it.
        cron_type: String,
        /// Six fields, in UTC.
        cron: String,
    },
}

impl Wish {
    /// Reads Harbor's `type` and `cron`. The names of intervals stand for their usual times when
    /// no `cron` comes with them.
    pub fn parse(cron_type: &str, cron: &str) -> Result<Self> {
        let usual = match cron_type {
            "Manual" => return Ok(Self::Now),
            "None" | "" => return Ok(Self::Never),
            "Hourly" => "0 0 * * * *",
            "Daily" => "0 0 0 * * *",
            "Weekly" => "0 0 0 * * 0",
            "Custom" | "Schedule" => "",
            other => {
                let why = format!(
                    "`{other}` is none; expected `Hourly`, `Daily`, `Weekly`, `Custom`, `Manual` or `None`"
                );
                return Err(Error::invalid("schedule.type", why));
            }
        };
        let cron = if cron.trim().is_empty() { usual } else { cron.trim() };
        cron.parse::<Cron>().map_err(|error| Error::invalid("schedule.cron", error.to_string()))?;
        if !Cron::is_on_the_minute(cron) {
            return Err(Error::invalid("schedule.cron", "the first field, the second, has to be `0`"));
        }
        Ok(Self::At { cron_type: cron_type.to_owned(), cron: cron.to_owned() })
    }
}

/// Does what a client asks for with a job of the whole system; the id of the run, when one begins.
pub(crate) async fn apply<P: Serialize>(
    app: &App,
    kind: JobKind,
    wish: &Wish,
    parameters: &P,
) -> Result<Option<i64>> {
    if *wish == Wish::Now {
        return Ok(Some(start(app, kind, parameters).await?.0));
    }
    let parameters = serde_json::to_string(parameters).map_err(Error::internal)?;
    let mut tx = app.db.begin().await?;
    put(&mut tx, (kind.as_str(), 0), wish, &parameters, app.clock.now()).await?;
    tx.commit().await?;
    Ok(None)
}

/// Makes, changes or drops the schedule of a thing.
pub(crate) async fn put(
    tx: &mut Tx,
    (vendor_type, vendor_id): (&str, i64),
    wish: &Wish,
    parameters: &str,
    now: Timestamp,
) -> Result<()> {
    let Wish::At { cron_type, cron } = wish else {
        schedule::delete(tx, vendor_type, vendor_id).await?;
        return Ok(());
    };
    let next = cron.parse::<Cron>().ok().and_then(|cron| cron.next_after(now));
    let next_at = next.ok_or_else(|| Error::invalid("schedule.cron", "never comes"))?;
    let new = NewSchedule { vendor_type, vendor_id, cron_type, cron, parameters, next_at };
    schedule::put(tx, &new, now).await?;
    Ok(tx.wake(Wake::Tasks).await?)
}

/// Schedules what nobody has to ask for.
pub(crate) async fn insert_own(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let wish = Wish::parse("Daily", "")?;
    put(tx, (JobKind::ExecutionSweep.as_str(), 0), &wish, "{}", now).await
}

/// The schedule of a job of the whole system.
pub async fn get<P: OfRuns>(app: &App, _: &SystemGrant<P>) -> Result<Option<Schedule>> {
    let mut conn = app.db.read().await?;
    Ok(schedule::get(&mut conn, P::KIND.as_str(), 0).await?)
}

/// Lists all schedules.
pub async fn list(app: &App, _: &SystemGrant<SystemJobList>, window: Window) -> Result<Page<Schedule>> {
    let mut conn = app.db.read().await?;
    let (items, total) = schedule::list(&mut conn, &Query::default(), window).await?;
    Ok(Page { items, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_asks_for() {
        let at = |cron_type: &str, cron: &str| Wish::At { cron_type: cron_type.into(), cron: cron.into() };
        for (cron_type, cron, wish) in [
            ("Manual", "", Wish::Now),
            ("None", "0 0 0 * * *", Wish::Never),
            ("Hourly", "0 0 * * * *", at("Hourly", "0 0 * * * *")),
            ("Weekly", "", at("Weekly", "0 0 0 * * 0")),
            ("Custom", "0 15 3 * * *", at("Custom", "0 15 3 * * *")),
        ] {
            assert_eq!(Wish::parse(cron_type, cron).unwrap(), wish, "{cron_type}");
        }
        for (cron_type, cron) in [
            ("Often", ""),
            ("Custom", ""),
            ("Custom", "* * * * *"),
            ("Custom", "*/5 * * * * *"),
            ("Daily", "x"),
        ] {
            assert!(Wish::parse(cron_type, cron).is_err(), "{cron_type} {cron}");
        }
    }
}
