//! Taking old entries out of the audit log, as a job. Begun again it goes on with what is left.

use minato_queue::{Cx, JobError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::EventType;
use crate::authz::{SystemGrant, SystemPermission, SystemPurgeCreate, SystemPurgeUpdate};
use crate::job::JobKind;
use crate::job::schedule::{self, Wish};
use crate::{App, Error, Result};

/// Most hours that entries may be kept, as in Harbor.
const MOST_HOURS: i64 = 240_000;

/// Entries looked at in one transaction.
const BATCH: i64 = 2000;

/// What to take out. Names are Harbor's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Entries younger than this many hours stay; 0 or less keeps all.
    pub audit_retention_hour: i64,
    /// What entries are about that may go, as `create_artifact,delete_user`.
    pub include_event_types: String,
    /// Only tells how many would go.
    pub dry_run: bool,
}

/// A permission to purge, now or later.
pub trait Purge: SystemPermission {}

impl Purge for SystemPurgeCreate {}
impl Purge for SystemPurgeUpdate {}

/// Purges now, or whenever a schedule says, or no more by itself; the id of the run that begins.
pub async fn schedule<P: Purge>(
    app: &App,
    _: &SystemGrant<P>,
    wish: &Wish,
    parameters: Parameters,
) -> Result<Option<i64>> {
    if *wish != Wish::Never {
        check(&parameters)?;
    }
    schedule::apply(app, JobKind::PurgeAudit, wish, &parameters).await
}

fn check(parameters: &Parameters) -> Result<()> {
    if parameters.audit_retention_hour > MOST_HOURS {
        let why = format!("expected at most {MOST_HOURS} hours");
        return Err(Error::invalid("parameters.audit_retention_hour", why));
    }
    // Words that mean nothing are taken, as in Harbor: clients send those of its older releases.
    if parameters.include_event_types.trim().is_empty() {
        let why = "expected what may go, such as `create_artifact,delete_artifact,pull_artifact,other`";
        return Err(Error::invalid("parameters.include_event_types", why));
    }
    Ok(())
}

/// What may go: what was done, and to what. `other` is all but what happens to artifacts, as in
/// Harbor; words that mean nothing find nothing.
fn types(parameters: &Parameters) -> impl Iterator<Item = (&'static str, &'static str)> {
    let words = parameters.include_event_types.split(',').map(str::trim);
    let events = words.flat_map(|word| match word {
        "other" => EventType::listed().filter(|event| event.resource_type() != "artifact").collect(),
        _ => Vec::from_iter(EventType::from_name(word)),
    });
    events.map(|event| (event.operation(), event.resource_type()))
}

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    parameters: &Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let count = |count: i64| Map::from_iter([("purged".to_owned(), Value::from(count))]);
    if parameters.audit_retention_hour <= 0 {
        cx.info("nothing to do: all entries are kept");
        return Ok(count(0));
    }
    let hours = u64::try_from(parameters.audit_retention_hour).unwrap_or(0);
    let before = cx.now().minus(std::time::Duration::from_hours(hours));
    let types: Vec<_> = types(parameters).collect();
    if types.is_empty() {
        cx.info(format!("nothing to do: `{}` names no type of event", parameters.include_event_types));
        return Ok(count(0));
    }
    if parameters.dry_run {
        let mut conn = app.db.read().await?;
        let old = minato_db::audit::count_older(&mut conn, before, &types).await?;
        cx.info(format!("{old} entries older than {hours} hours would go"));
        return Ok(count(old));
    }
    let mut conn = app.db.read().await?;
    let range = minato_db::audit::range_before(&mut conn, before).await?;
    drop(conn);
    let (mut first, last) = range.unwrap_or((1, 0));
    let begin = first;
    let places = |from: i64, to: i64| u64::try_from(to.saturating_sub(from)).unwrap_or_default();
    let mut purged = 0;
    // By their places in the log, so that those that stay are looked at once.
    while first <= last {
        let window = (first, last.min(first.saturating_add(BATCH - 1)));
        let mut tx = app.db.begin().await?;
        let gone = minato_db::audit::delete_older(&mut tx, before, &types, window).await?;
        tx.commit().await?;
        purged += i64::try_from(gone).unwrap_or(0);
        first = window.1 + 1;
        cx.set("purged", purged);
        cx.progress(places(begin, first), places(begin, last.saturating_add(1)));
        cx.checkpoint().await?;
    }
    cx.info(format!("{purged} entries older than {hours} hours are gone"));
    Ok(count(purged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_go() {
        let check = |words: &str, wanted: &[(&str, &str)]| {
            let parameters = Parameters { include_event_types: words.to_owned(), ..Parameters::default() };
            assert_eq!(types(&parameters).collect::<Vec<_>>(), wanted, "{words}");
        };
        check("create_artifact, delete_user", &[("create", "artifact"), ("delete", "user")]);
        check("login_user,nonsense,", &[("login", "user")]);
        let other = Parameters { include_event_types: "other".to_owned(), ..Parameters::default() };
        assert_eq!(types(&other).count(), 15);
    }
}
