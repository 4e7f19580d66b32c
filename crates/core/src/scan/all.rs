//! Scanning everything: a job that walks over all artifacts and queues the scan of each, in its own
//! execution, so that it has ended when the last of them has. Begun again it starts from the beginning; what
//! is being scanned already is left alone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use minato_db::execution::{self, Execution};
use minato_db::scanner::Scanner;
use minato_db::task::{self, Claimed, Which};
use minato_db::{Conn, Wake};
use minato_queue::{Cx, JobError};
use minato_types::id::{ArtifactId, ProjectId};
use minato_types::job::{Status, Trigger};
use minato_types::name::RepositoryName;
use minato_types::query::{Pattern, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Asked, Queued, Wish, queue_in};
use crate::authz::{
    SystemGrant, SystemPermission, SystemScanAllCreate, SystemScanAllRead, SystemScanAllStop,
    SystemScanAllUpdate,
};
use crate::job::schedule::{self, Schedule};
use crate::job::{JobKind, OPERATOR};
use crate::{App, Error, Result, Window, scanner};

/// How many artifacts are looked at between two looks at whether to go on.
const BATCH: i64 = 50;

/// What the job is to do.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parameters {
    operator: String,
}

/// How far a scan of everything is.
#[derive(Debug, Default)]
pub struct Stats {
    /// Why it is; `None` when there never was one.
    pub trigger: Option<Trigger>,
    /// Whether it goes on.
    pub ongoing: bool,
    /// How many scans of it stand how.
    pub counts: Vec<(Status, i64)>,
}

/// Refuses unless there is a default scanner, as Harbor does.
async fn check<P: SystemPermission>(app: &App, _: &SystemGrant<P>) -> Result<()> {
    if minato_db::scanner::has_default(&mut app.db.read().await?).await? {
        return Ok(());
    }
    Err(Error::Precondition("no scanner is configured, it's not possible to scan".to_owned()))
}

/// Refuses where no scanner knows where to come to; one that does not, says so in its scans.
fn check_address(app: &App, wish: &schedule::Wish) -> Result<()> {
    let is_known = app.public_url().is_some() || app.startup.internal_url.is_some();
    if is_known || matches!(wish, schedule::Wish::Never) {
        return Ok(());
    }
    Err(scanner::no_address("external_url"))
}

/// Begins now, or whenever the schedule says; refused when there is a schedule already, and when there is no
/// address for scanners to come to.
pub async fn create(
    app: &App,
    grant: &SystemGrant<SystemScanAllCreate>,
    wish: &schedule::Wish,
) -> Result<()> {
    check(app, grant).await?;
    check_address(app, wish)?;
    let known = minato_db::schedule::get(&mut app.db.read().await?, JobKind::ScanAll.as_str(), 0).await?;
    if known.is_some() && matches!(wish, schedule::Wish::At { .. }) {
        let why = "there is a schedule already; change that one, or set it to `None` first";
        return Err(Error::Precondition(why.to_owned()));
    }
    let is_now = *wish == schedule::Wish::Now;
    if is_now {
        let latest = latest(&mut app.db.read().await?, None).await?;
        if latest.is_some_and(|latest| !latest.status.is_final()) {
            return Err(Error::Conflict("a previous scan of everything is Running".to_owned()));
        }
    }
    // Nobody's schedule is dropped by making none.
    if matches!(wish, schedule::Wish::Never) {
        return Ok(());
    }
    let operator = if is_now { grant.principal.name() } else { OPERATOR };
    let parameters = Parameters { operator: operator.to_owned() };
    schedule::apply(app, JobKind::ScanAll, wish, &parameters).await?;
    Ok(())
}

/// Changes or drops the schedule.
pub async fn update(
    app: &App,
    grant: &SystemGrant<SystemScanAllUpdate>,
    wish: &schedule::Wish,
) -> Result<()> {
    check(app, grant).await?;
    check_address(app, wish)?;
    if *wish == schedule::Wish::Now {
        return Err(Error::invalid("schedule.type", "`Manual` is no schedule; post it instead"));
    }
    let parameters = Parameters { operator: OPERATOR.to_owned() };
    schedule::apply(app, JobKind::ScanAll, wish, &parameters).await?;
    Ok(())
}

/// The schedule, if there is one.
pub async fn get(app: &App, grant: &SystemGrant<SystemScanAllRead>) -> Result<Option<Schedule>> {
    check(app, grant).await?;
    schedule::get(app, grant).await
}

/// How far the latest is; with a trigger, the latest that began by it.
pub async fn stats(
    app: &App,
    grant: &SystemGrant<SystemScanAllRead>,
    trigger: Option<Trigger>,
) -> Result<Stats> {
    check(app, grant).await?;
    let mut conn = app.db.read().await?;
    let Some(execution) = latest(&mut conn, trigger).await? else { return Ok(Stats::default()) };
    let mut counts = execution::count_tasks(&mut conn, [execution.id]).await?.remove(&execution.id);
    // The task that walks is none of the scans.
    let walk = task::get_first(&mut conn, execution.id).await?;
    for (status, count) in counts.iter_mut().flatten() {
        *count -= i64::from(walk.as_ref().is_some_and(|walk| walk.status == *status));
    }
    Ok(Stats {
        trigger: Some(execution.trigger),
        ongoing: !execution.status.is_final(),
        counts: counts.unwrap_or_default(),
    })
}

async fn latest(conn: &mut Conn, trigger: Option<Trigger>) -> Result<Option<Execution>> {
    let mut query = Query::default();
    if let Some(trigger) = trigger {
        query.require("trigger", Pattern::Equal(trigger.as_str().to_owned()));
    }
    let newest = Window { limit: 1, offset: 0 };
    let (found, _) = execution::list(conn, &[JobKind::ScanAll.as_str()], None, &query, newest).await?;
    Ok(found.into_iter().next())
}

/// Stops the latest; refused where there never was one.
pub async fn stop(app: &App, grant: &SystemGrant<SystemScanAllStop>) -> Result<()> {
    check(app, grant).await?;
    let mut tx = app.db.begin().await?;
    let Some(execution) = latest(&mut tx, None).await? else {
        return Err(Error::invalid("scanAll", "no scan all job is found currently"));
    };
    task::stop(&mut tx, Which::Of(execution.id), app.clock.now()).await?;
    tx.wake(Wake::Stops).await?;
    Ok(tx.commit().await?)
}

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let outcome = walk(app, task, parameters, cx).await;
    // Who stopped it did not see what was queued since then.
    let mut tx = app.db.begin().await?;
    if task::is_stopping(&mut tx, task.id).await? {
        task::stop(&mut tx, Which::Of(task.execution), app.clock.now()).await?;
        tx.wake(Wake::Stops).await?;
        tx.commit().await?;
    }
    outcome
}

async fn walk(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let mut scanners: HashMap<ProjectId, Option<Scanner>> = HashMap::new();
    let (mut after, mut seen, mut queued) = (ArtifactId(0), 0_u64, 0_u64);
    loop {
        cx.checkpoint().await?;
        let mut conn = app.db.read().await?;
        let batch = minato_db::scan::list_candidates(&mut conn, after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = last.artifact;
        for candidate in &batch {
            if let Entry::Vacant(unknown) = scanners.entry(candidate.project) {
                let found = minato_db::scanner::get_of_project(&mut conn, candidate.project).await?;
                unknown.insert(found.filter(|scanner| !scanner.disabled));
            }
        }
        drop(conn);
        for candidate in batch {
            seen += 1;
            let Some(Some(scanner)) = scanners.get(&candidate.project) else { continue };
            queued += u64::from(queue(app, task, parameters, scanner, candidate).await?);
        }
    }
    cx.info(format!("looked at {seen} artifacts and queued the scans of {queued}"));
    Ok(Map::from_iter([("total_count".to_owned(), seen.into()), ("submit_count".to_owned(), queued.into())]))
}

/// Queues the scan of one artifact; whether there was one to queue.
async fn queue(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    scanner: &Scanner,
    candidate: minato_db::scan::Candidate,
) -> Result<bool> {
    let name: RepositoryName = candidate.name.parse().map_err(Error::internal)?;
    let wish = Wish {
        project: candidate.project,
        repository: candidate.repository,
        name: &name,
        tag: None,
        operator: &parameters.operator,
        asked: Asked::Within(task.execution),
    };
    let mut tx = app.db.begin().await?;
    let found =
        minato_db::artifact::list_by_ids(&mut tx, candidate.repository, &[candidate.artifact]).await?;
    let Some(artifact) = found.into_iter().next() else { return Ok(false) };
    match queue_in(&mut tx, (scanner, &scanner.metadata), artifact, &wish, app.clock.now()).await {
        Ok(Queued::Yes) => tx.commit().await?,
        Ok(Queued::Nothing | Queued::Running) | Err(Error::NotFound(_)) => return Ok(false),
        Err(error) => return Err(error),
    }
    Ok(true)
}
