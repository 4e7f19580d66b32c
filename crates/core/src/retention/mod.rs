//! Retention: what a project keeps of its artifacts, and taking the rest away, now or by schedule.
//!
//! A policy has one run (execution) at a time that somebody asked for or that was due, with a job for
//! each repository that a rule is about.

pub(crate) mod job;
mod rule;

use minato_db::Tx;
use minato_db::execution::{self, Execution, NewExecution};
use minato_db::retention::Policy as Row;
use minato_db::task::{self, NewTask, Task, Which};
use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, ProjectId, RetentionId, TaskId};
use minato_types::job::Trigger;
use minato_types::name::RepositoryName;
use minato_types::query::Query;
use serde_json::json;

use crate::authz::{
    self, ProjectGrant, ProjectPermission, ProjectRef, Public, TagRetentionCreate, TagRetentionDelete,
    TagRetentionList, TagRetentionRead, TagRetentionUpdate,
};
use crate::job::history::MOST_LOG;
use crate::job::schedule::{self, Wish};
use crate::job::{JobKind, keep};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

pub use rule::{ACTION, Rule, Template};

/// Most rules of a policy, as in Harbor.
const MOST_RULES: usize = 15;

/// The setting of a project that names its policy.
const SETTING: &str = "retention_id";

/// What a project keeps.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Row id; counts for nothing in a new one.
    pub id: RetentionId,
    /// The project.
    pub project: ProjectId,
    /// The rules.
    pub rules: Vec<Rule>,
    /// What the client calls the time: `Schedule`, or nothing.
    pub trigger_kind: String,
    /// When it is carried out by itself; empty for never.
    pub cron: String,
    /// When that is next; counts for nothing in a new one.
    pub next_at: Option<Timestamp>,
}

impl Policy {
    fn of(row: Row) -> Result<Self> {
        let rules = serde_json::from_str(&row.rules).map_err(Error::internal)?;
        let Row { id, project, trigger_kind, cron, .. } = row;
        Ok(Self { id, project, rules, trigger_kind, cron, next_at: None })
    }

    fn row(&self) -> Result<Row> {
        let mut rules = self.rules.clone();
        for (id, rule) in (0..).zip(&mut rules) {
            rule.id = id;
        }
        Ok(Row {
            id: self.id,
            project: self.project,
            rules: serde_json::to_string(&rules).map_err(Error::internal)?,
            cron: self.cron.clone(),
            trigger_kind: self.trigger_kind.clone(),
        })
    }

    fn check(&self) -> Result<()> {
        if self.rules.len() > MOST_RULES {
            return Err(Error::invalid("rules", format!("expected at most {MOST_RULES}")));
        }
        for (number, rule) in self.rules.iter().enumerate() {
            rule.ready()?;
            if let Some(same) = self.rules.iter().take(number).position(|other| other.is_same(rule)) {
                return Err(Error::Conflict(format!("rule {number} is the same as rule {same}")));
            }
        }
        self.wish().map(drop)
    }

    fn wish(&self) -> Result<Wish> {
        if self.cron.trim().is_empty() { Ok(Wish::Never) } else { Wish::parse("Custom", &self.cron) }
    }
}

/// The policy, if the caller may do `P` to it; one that may not be seen is not there.
async fn find<P: ProjectPermission>(
    app: &App,
    who: &Public,
    id: RetentionId,
) -> Result<(Policy, ProjectGrant<P>)> {
    let unknown = || Error::NotFound(Noun::Retention);
    if !who.principal.is_authenticated() {
        return Err(Error::Denied { authenticated: false });
    }
    let mut conn = app.db.read().await?;
    let found = minato_db::retention::get(&mut conn, id).await?;
    drop(conn);
    let policy = Policy::of(found.ok_or_else(unknown)?)?;
    let project = ProjectRef::Id(policy.project);
    match authz::project::<P>(app, &who.principal, project).await {
        Ok(grant) => Ok((policy, grant)),
        Err(Error::Denied { .. }) => {
            // Who may see it may know what it may not do.
            match authz::project::<TagRetentionRead>(app, &who.principal, project).await {
                Ok(_) => Err(Error::Denied { authenticated: true }),
                Err(_) => Err(unknown()),
            }
        }
        Err(error) => Err(error),
    }
}

/// Makes the policy of a project that has none.
pub async fn create(app: &App, who: &Public, policy: &Policy) -> Result<RetentionId> {
    authz::project::<TagRetentionCreate>(app, &who.principal, ProjectRef::Id(policy.project)).await?;
    policy.check()?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let taken = || Error::invalid("scope.ref", "the project has a policy already; change that one");
    if minato_db::retention::get_of(&mut tx, policy.project).await?.is_some() {
        return Err(taken());
    }
    let id = match minato_db::retention::insert(&mut tx, &policy.row()?, now).await {
        Err(minato_db::Error::Conflict) => return Err(taken()),
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
        outcome => outcome?,
    };
    minato_db::metadata::upsert(&mut tx, policy.project, &[(SETTING, id.to_string())]).await?;
    put_schedule(&mut tx, id, &policy.wish()?, now).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(id)
}

async fn put_schedule(tx: &mut Tx, id: RetentionId, wish: &Wish, now: Timestamp) -> Result<()> {
    schedule::put(tx, (JobKind::Retention.as_str(), id.0), wish, "{}", now).await
}

/// Shows a policy.
pub async fn get(app: &App, who: &Public, id: RetentionId) -> Result<Policy> {
    let (policy, _) = find::<TagRetentionRead>(app, who, id).await?;
    let mut conn = app.db.read().await?;
    let schedule = minato_db::schedule::get(&mut conn, JobKind::Retention.as_str(), id.0).await?;
    Ok(Policy { next_at: schedule.map(|schedule| schedule.next_at), ..policy })
}

/// Replaces the rules and the time of a policy; whose it is stays.
pub async fn update(app: &App, who: &Public, new: &Policy) -> Result<()> {
    let (known, _) = find::<TagRetentionUpdate>(app, who, new.id).await?;
    let policy = Policy { project: known.project, ..new.clone() };
    policy.check()?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !minato_db::retention::update(&mut tx, &policy.row()?, now).await? {
        return Err(Error::NotFound(Noun::Retention));
    }
    put_schedule(&mut tx, policy.id, &policy.wish()?, now).await?;
    Ok(tx.commit().await?)
}

/// Drops a policy, with what was done by it.
pub async fn delete(app: &App, who: &Public, id: RetentionId) -> Result<()> {
    let (policy, _) = find::<TagRetentionDelete>(app, who, id).await?;
    let mut tx = app.db.begin().await?;
    remove_in(&mut tx, policy.project).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

/// Drops the policy of a project, if it has one.
pub(crate) async fn remove_in(tx: &mut Tx, project: ProjectId) -> Result<()> {
    let Some(policy) = minato_db::retention::get_of(tx, project).await? else { return Ok(()) };
    let vendor = (JobKind::Retention.as_str(), policy.id.0);
    minato_db::schedule::delete(tx, vendor.0, vendor.1).await?;
    execution::delete_all(tx, vendor.0, vendor.1).await?;
    minato_db::metadata::delete(tx, project, SETTING).await?;
    minato_db::retention::delete(tx, project, policy.id).await?;
    Ok(())
}

/// Carries a policy out now, or only tells what would go; the id of the run.
pub async fn run(app: &App, who: &Public, id: RetentionId, dry_run: bool) -> Result<ExecutionId> {
    let (policy, grant) = find::<TagRetentionUpdate>(app, who, id).await?;
    let mut tx = app.db.begin().await?;
    let how = (Trigger::Manual, grant.principal.name().to_owned());
    let run = queue(&mut tx, &policy, how, dry_run, app.clock.now()).await?;
    tx.commit().await?;
    Ok(run)
}

/// Queues a job for each repository that a rule is about.
async fn queue(
    tx: &mut Tx,
    policy: &Policy,
    (trigger, operator): (Trigger, String),
    dry_run: bool,
    now: Timestamp,
) -> Result<ExecutionId> {
    let rules: Vec<_> =
        policy.rules.iter().filter(|rule| !rule.disabled).map(Rule::ready).collect::<Result<_>>()?;
    let mut tasks = Vec::new();
    for (id, name) in minato_db::retention::list_repositories(tx, policy.project).await? {
        let full: RepositoryName = name.parse().map_err(Error::internal)?;
        let within = full.within_project();
        if rules.iter().any(|rule| rule.is_about(within)) {
            tasks.push(NewTask {
                kind: JobKind::Retention.as_str(),
                share: policy.project.0,
                sequence: None,
                uniqueness: None,
                parameters: json!({ "policy": policy.id.0, "repository": id.0, "dry_run": dry_run })
                    .to_string(),
                attributes: json!({ "repository": within, "dry_run": dry_run }).to_string(),
                due_at: now,
            });
        }
    }
    let attributes = json!({ "dry_run": dry_run, "operator": operator }).to_string();
    let new = NewExecution {
        vendor_type: JobKind::Retention.as_str(),
        vendor_id: policy.id.0,
        trigger,
        attributes: &attributes,
    };
    Ok(minato_queue::enqueue(tx, &new, &tasks, now).await?.0)
}

/// Carries a policy out because its time has come.
pub(crate) async fn fire(tx: &mut Tx, policy: RetentionId, now: Timestamp) -> Result<()> {
    // One that is still under way does what this one would.
    if execution::is_running(tx, JobKind::Retention.as_str(), policy.0).await? {
        return Ok(());
    }
    if let Some(row) = minato_db::retention::get(tx, policy).await? {
        let how = (Trigger::Schedule, crate::job::OPERATOR.to_owned());
        queue(tx, &Policy::of(row)?, how, false, now).await?;
    }
    Ok(())
}

/// Lists the runs of a policy, newest first.
pub async fn list_runs(app: &App, who: &Public, id: RetentionId, window: Window) -> Result<Page<Execution>> {
    find::<TagRetentionList>(app, who, id).await?;
    let mut conn = app.db.read().await?;
    let kinds = [JobKind::Retention.as_str()];
    let (items, total) = execution::list(&mut conn, &kinds, Some(&[id.0]), &Query::default(), window).await?;
    Ok(Page { items, total })
}

/// The run, if it is one of this policy.
async fn find_run<P: ProjectPermission>(
    app: &App,
    who: &Public,
    id: RetentionId,
    run: ExecutionId,
) -> Result<Execution> {
    find::<P>(app, who, id).await?;
    let mut conn = app.db.read().await?;
    let found = execution::get(&mut conn, &[JobKind::Retention.as_str()], run).await?;
    found.filter(|found| found.vendor_id == id.0).ok_or(Error::NotFound(Noun::Execution))
}

/// Stops a run.
pub async fn stop(app: &App, who: &Public, id: RetentionId, run: ExecutionId) -> Result<()> {
    find_run::<TagRetentionUpdate>(app, who, id, run).await?;
    minato_queue::stop(&app.db, keep, Which::Of(run), app.clock.now()).await?;
    Ok(())
}

/// Lists what a run does, repository by repository.
pub async fn list_tasks(
    app: &App,
    who: &Public,
    id: RetentionId,
    run: ExecutionId,
    window: Window,
) -> Result<Page<Task>> {
    find_run::<TagRetentionList>(app, who, id, run).await?;
    let mut conn = app.db.read().await?;
    let (items, total) = task::list(&mut conn, run, &Query::default(), window).await?;
    Ok(Page { items, total })
}

/// What was logged for a repository.
pub async fn log(app: &App, who: &Public, id: RetentionId, run: ExecutionId, task: TaskId) -> Result<String> {
    find_run::<TagRetentionRead>(app, who, id, run).await?;
    let mut conn = app.db.read().await?;
    let task = task::get(&mut conn, Some(run), task).await?.ok_or(Error::NotFound(Noun::Job))?;
    Ok(task::read_log(&mut conn, task.id, MOST_LOG).await?)
}
