//! Queueing what is to be told: in the transaction of what happened, so that nothing is told that did
//! not happen, and all that did. Pulls change nothing; those are queued a moment later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use minato_db::Tx;
use minato_db::execution::{Execution, NewExecution};
use minato_db::task::{NewTask, Task};
use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, ProjectId, RepositoryId};
use minato_types::job::Trigger;
use minato_types::name::RepositoryName;
use minato_types::reference::{Reference, Tag};
use minato_types::webhook::EventType;
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::event::{self, Event, Repository};
use super::job::Parameters;
use super::{Policy, Target};
use crate::authz::{Pull, Push, RepoGrant};
use crate::job::JobKind;
use crate::{App, Error, Result, settings};

/// Most pulls that wait to be told of.
const MOST_PULLS: usize = 10_000;

/// From how many hundredths of its limit on a project is warned, as in Harbor.
const WARN_AT: i128 = 85;

/// Whether anybody is to be told of what happens in a project. To be asked before a transaction.
pub(crate) async fn is_told<P>(app: &App, grant: &RepoGrant<P>) -> Result<bool> {
    Ok(grant.standing.told && settings::current(app).await?.flag("notification_enable"))
}

/// Queues what is to be told of these events.
pub(crate) async fn tell_in(tx: &mut Tx, project: ProjectId, events: &[Event], now: Timestamp) -> Result<()> {
    let policies = minato_db::webhook::list_enabled(tx, project).await?;
    for policy in policies.into_iter().map(Policy::of).collect::<Result<Vec<_>>>()? {
        for event in events.iter().filter(|event| policy.event_types.iter().any(|t| t == event.kind.as_str()))
        {
            for (place, target) in policy.targets.iter().enumerate() {
                queue(tx, &policy, (place, target), event, now).await?;
            }
        }
    }
    Ok(())
}

async fn queue(
    tx: &mut Tx,
    policy: &Policy,
    (place, target): (usize, &Target),
    event: &Event,
    now: Timestamp,
) -> Result<()> {
    let id = uuid::Uuid::new_v4().to_string();
    let payload = event.body((policy.project, policy.id), (&target.kind, &target.payload_format), &id);
    let kind = if target.kind == "slack" { JobKind::Slack } else { JobKind::Webhook };
    let attributes = json!({ "event_type": event.kind.as_str(), "payload": payload }).to_string();
    let new = NewExecution {
        vendor_type: kind.as_str(),
        vendor_id: policy.id.0,
        trigger: Trigger::Event,
        attributes: &attributes,
    };
    let parameters = Parameters { policy: policy.id.0, target: place, address: target.address.clone() };
    let task = NewTask {
        kind: kind.as_str(),
        share: policy.project.0,
        sequence: Some(format!("{} {} {place} {}", kind.as_str(), policy.id, event.about)),
        uniqueness: None,
        parameters: serde_json::to_string(&parameters).map_err(Error::internal)?,
        attributes: "{}".to_owned(),
        due_at: now,
    };
    minato_queue::enqueue(tx, &new, &[task], now).await?;
    Ok(())
}

/// Queues once more what was told; in no order with anything else.
pub(super) async fn again(
    tx: &mut Tx,
    policy: &Policy,
    old: &Execution,
    task: &Task,
    now: Timestamp,
) -> Result<ExecutionId> {
    let kind = if old.vendor_type == JobKind::Slack.as_str() { JobKind::Slack } else { JobKind::Webhook };
    let new = NewExecution {
        vendor_type: kind.as_str(),
        vendor_id: policy.id.0,
        trigger: Trigger::Manual,
        attributes: &old.attributes,
    };
    let task = NewTask {
        kind: kind.as_str(),
        share: policy.project.0,
        sequence: None,
        uniqueness: None,
        parameters: task.parameters.clone(),
        attributes: "{}".to_owned(),
        due_at: now,
    };
    Ok(minato_queue::enqueue(tx, &new, &[task], now).await?.0)
}

/// Tells that a manifest was pushed. `host` is what clients call this registry by.
pub(crate) async fn pushed_in(
    tx: &mut Tx,
    app: &App,
    grant: &RepoGrant<Push>,
    repository: RepositoryId,
    (digest, tags): (&str, &[Tag]),
    now: Timestamp,
) -> Result<()> {
    let created_at = minato_db::repository::created_at(tx, repository).await?;
    let repository = Repository { name: &grant.name, public: grant.standing.public, created_at };
    let who = (grant.caller.name(), now);
    let artifact = (digest, tags.last().map(Tag::as_str));
    let event = event::artifact(EventType::PushArtifact, who, &repository, artifact, &app.host());
    tell_in(tx, grant.project, &[event], now).await
}

/// Where something was deleted.
pub(crate) struct Place<'a> {
    pub(crate) project: ProjectId,
    pub(crate) public: bool,
    pub(crate) repository: RepositoryId,
    pub(crate) name: &'a RepositoryName,
}

impl<'a> Place<'a> {
    pub(crate) fn of<P>(grant: &'a RepoGrant<P>, repository: RepositoryId) -> Self {
        Self { project: grant.project, public: grant.standing.public, repository, name: &grant.name }
    }
}

/// Tells that artifacts were deleted: the digest of each, and a tag that it had.
pub(crate) async fn deleted_in(
    tx: &mut Tx,
    app: &App,
    place: &Place<'_>,
    operator: &str,
    artifacts: &[(String, Option<String>)],
) -> Result<()> {
    let now = app.clock.now();
    let created_at = minato_db::repository::created_at(tx, place.repository).await?;
    let repository = Repository { name: place.name, public: place.public, created_at };
    let host = app.host();
    let event = |(digest, tag): &(String, Option<String>)| {
        let artifact = (digest.as_str(), tag.as_deref());
        event::artifact(EventType::DeleteArtifact, (operator, now), &repository, artifact, &host)
    };
    let events: Vec<Event> = artifacts.iter().map(event).collect();
    tell_in(tx, place.project, &events, now).await
}

/// Tells when this push has taken a project over most of what it may use.
pub(crate) async fn warned_in(tx: &mut Tx, app: &App, grant: &RepoGrant<Push>, added: i64) -> Result<()> {
    let Some((hard, used)) = minato_db::quota::usage(tx, grant.project).await? else { return Ok(()) };
    let is_much = |used: i64| i128::from(used) * 100 >= i128::from(hard) * WARN_AT;
    if hard <= 0 || !is_much(used) || is_much(used - added) {
        return Ok(());
    }
    let details = format!("quota usage reach {WARN_AT}%: resource storage used {used} of {hard}");
    let now = app.clock.now();
    let repository = Repository { name: &grant.name, public: grant.standing.public, created_at: None };
    let event = event::quota(EventType::QuotaWarning, (grant.caller.name(), now), &repository, &details);
    tell_in(tx, grant.project, &[event], now).await
}

/// Tells that a push was refused, as the project may not use so much. What goes wrong here changes
/// nothing about the refusal.
pub(crate) async fn refused<T>(app: &App, grant: &RepoGrant<Push>, outcome: &Result<T>) {
    let Err(error @ Error::QuotaExceeded { .. }) = outcome else { return };
    if let Err(failure) = tell_refused(app, grant, &error.to_string()).await {
        tracing::warn!(error = &failure as &dyn std::error::Error, "could not tell that a quota is exceeded");
    }
}

async fn tell_refused(app: &App, grant: &RepoGrant<Push>, details: &str) -> Result<()> {
    if !is_told(app, grant).await? {
        return Ok(());
    }
    let now = app.clock.now();
    let repository = Repository { name: &grant.name, public: grant.standing.public, created_at: None };
    let event = event::quota(EventType::QuotaExceed, (grant.caller.name(), now), &repository, details);
    let mut tx = app.db.begin().await?;
    tell_in(&mut tx, grant.project, &[event], now).await?;
    Ok(tx.commit().await?)
}

/// Tells what retention has deleted in a repository.
pub(crate) async fn retained(
    app: &App,
    project: ProjectId,
    operator: &str,
    (repository, retention): (&RepositoryName, serde_json::Value),
) -> Result<()> {
    if !settings::current(app).await?.flag("notification_enable") {
        return Ok(());
    }
    let now = app.clock.now();
    let event = Event {
        kind: EventType::TagRetention,
        at: now,
        operator: operator.to_owned(),
        data: json!({ "retention": retention }),
        about: format!("retention in {repository}"),
    };
    let mut tx = app.db.begin().await?;
    tell_in(&mut tx, project, &[event], now).await?;
    Ok(tx.commit().await?)
}

/// Something whose scan has ended.
pub(crate) struct Scanned<'a> {
    pub(crate) project: ProjectId,
    pub(crate) name: &'a RepositoryName,
    pub(crate) public: bool,
    pub(crate) digest: &'a str,
    /// Empty for none.
    pub(crate) tag: &'a str,
    /// What there is to say of the outcome.
    pub(crate) overview: serde_json::Value,
}

/// Tells that a scan has ended.
pub(crate) async fn scanned_in(
    tx: &mut Tx,
    app: &App,
    kind: EventType,
    operator: &str,
    about: &Scanned<'_>,
) -> Result<()> {
    let now = app.clock.now();
    let repository = Repository { name: about.name, public: about.public, created_at: None };
    let artifact = (about.digest, Some(about.tag).filter(|tag| !tag.is_empty()));
    let host = app.host();
    let event = event::scan(kind, (operator, now), &repository, artifact, (&host, about.overview.clone()));
    tell_in(tx, about.project, &[event], now).await
}

/// A pull to be told of.
struct Pulled {
    project: ProjectId,
    public: bool,
    name: RepositoryName,
    repository: RepositoryId,
    digest: String,
    tag: Option<String>,
    operator: String,
    at: Timestamp,
}

/// Pulls that wait to be told of.
#[derive(Default)]
pub(crate) struct Pulls {
    waiting: Mutex<VecDeque<Pulled>>,
    wake: Notify,
}

/// Notes a pull, if anybody is to be told of it.
pub(crate) fn pulled(app: &App, grant: &RepoGrant<Pull>, reference: &Reference, digest: &str) {
    let (true, Some(repository)) = (grant.standing.told, grant.repository) else { return };
    let pull = Pulled {
        project: grant.project,
        public: grant.standing.public,
        name: grant.name.clone(),
        repository,
        digest: digest.to_owned(),
        tag: match reference {
            Reference::Tag(tag) => Some(tag.as_str().to_owned()),
            Reference::Digest(_) => None,
        },
        operator: grant.caller.name().to_owned(),
        at: app.clock.now(),
    };
    let mut waiting = app.told_pulls.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() < MOST_PULLS {
        waiting.push_back(pull);
        drop(waiting);
        app.told_pulls.wake.notify_one();
    }
}

/// Queues noted pulls, until stopped.
pub(crate) async fn run_pulls(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.told_pulls.wake.notified() => {}
        }
        if let Err(error) = queue_pulls(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not tell of pulls");
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
}

async fn queue_pulls(app: &App) -> Result<()> {
    if !settings::current(app).await?.flag("notification_enable") {
        app.told_pulls.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        return Ok(());
    }
    loop {
        let batch: Vec<Pulled> = {
            let mut waiting = app.told_pulls.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.len().min(100);
            waiting.drain(..count).collect()
        };
        if batch.is_empty() {
            return Ok(());
        }
        let mut tx = app.db.begin().await?;
        for pull in &batch {
            let created_at = minato_db::repository::created_at(&mut tx, pull.repository).await?;
            let repository = Repository { name: &pull.name, public: pull.public, created_at };
            let who = (pull.operator.as_str(), pull.at);
            let artifact = (pull.digest.as_str(), pull.tag.as_deref());
            let event = event::artifact(EventType::PullArtifact, who, &repository, artifact, &app.host());
            tell_in(&mut tx, pull.project, &[event], app.clock.now()).await?;
        }
        tx.commit_soon().await?;
    }
}
