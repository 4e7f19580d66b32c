//! Queueing what is to be told: in the transaction of what happened, so that nothing is told that did
//! not happen, and all that did. Of pulls `pulls.rs` beside this tells.

use std::collections::HashMap;

use minato_db::Tx;
use minato_db::execution::{Execution, NewExecution};
use minato_db::task::{NewTask, Task};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ExecutionId, ProjectId, RepositoryId};
use minato_types::job::Trigger;
use minato_types::name::RepositoryName;
use minato_types::reference::Tag;
use minato_types::webhook::EventType;
use serde_json::json;

use super::event::{self, Event, Repository};
use super::job::Parameters;
use super::{Policy, Target};
use crate::authz::{Push, RepoGrant};
use crate::job::JobKind;
use crate::{App, Error, Result, settings};

/// With so many deliveries of a policy not ended yet, pulls are not told of: else they would pile up
/// without end for a receiver that is slow or away.
const MOST_BEHIND: i64 = 1000;

/// Artifacts whose deletion is told one by one; receivers learn of a repository's by any of them.
const MOST_GONE: usize = 1000;

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
                if event.kind == EventType::PullArtifact && is_behind(tx, &policy, target).await? {
                    continue;
                }
                queue(tx, &policy, (place, target), event, now).await?;
            }
        }
    }
    Ok(())
}

fn job_kind(target: &Target) -> JobKind {
    if target.kind == "slack" { JobKind::Slack } else { JobKind::Webhook }
}

/// Whether so much waits for receivers of this kind that they need not be told of pulls as well.
async fn is_behind(tx: &mut Tx, policy: &Policy, target: &Target) -> Result<bool> {
    let open = minato_db::webhook::count_open(tx, job_kind(target).as_str(), policy.id, MOST_BEHIND).await?;
    Ok(open >= MOST_BEHIND)
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
    let kind = job_kind(target);
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
        // Pulls change nothing, so no order of theirs means anything: none waits for another.
        sequence: (event.kind != EventType::PullArtifact)
            .then(|| format!("{} {} {place} {}", kind.as_str(), policy.id, event.about)),
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

/// What is told of an artifact that is about to be deleted: its digest, and the newest of its tags, as
/// in Harbor.
pub(crate) async fn going(
    tx: &mut Tx,
    repository: RepositoryId,
    digest: &Digest,
) -> Result<(String, Option<String>)> {
    minato_db::repository::lock(tx, repository).await?;
    let Some(artifact) = minato_db::artifact::get_detail(tx, repository, digest).await? else {
        return Ok((digest.to_string(), None));
    };
    let newest = minato_db::tag::list_of(tx, &[artifact.id]).await?.into_iter().next();
    Ok((digest.to_string(), newest.map(|tag| tag.name)))
}

/// As [`going`], of all artifacts of a repository, which is locked.
pub(crate) async fn all_going(
    tx: &mut Tx,
    repository: RepositoryId,
) -> Result<Vec<(String, Option<String>)>> {
    let mut artifacts = minato_db::retention::list_candidates(tx, repository).await?;
    artifacts.truncate(MOST_GONE);
    let ids: Vec<_> = artifacts.iter().map(|artifact| artifact.id).collect();
    // The newest comes first, so it is the last to be put in.
    let tags = minato_db::tag::list_of(tx, &ids).await?.into_iter().rev();
    let mut newest: HashMap<_, _> = tags.map(|tag| (tag.artifact, tag.name)).collect();
    Ok(artifacts.into_iter().map(|artifact| (artifact.digest, newest.remove(&artifact.id))).collect())
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
pub(crate) async fn warned_in(
    tx: &mut Tx,
    app: &App,
    grant: &RepoGrant<Push>,
    (digest, tags): (&str, &[Tag]),
    added: i64,
) -> Result<()> {
    let Some((hard, used)) = minato_db::quota::usage(tx, grant.project).await? else { return Ok(()) };
    let is_much = |used: i64| i128::from(used) * 100 >= i128::from(hard) * WARN_AT;
    if hard <= 0 || !is_much(used) || is_much(used - added) {
        return Ok(());
    }
    let details = format!("quota usage reach {WARN_AT}%: resource storage used {used} of {hard}");
    let now = app.clock.now();
    let repository = Repository { name: &grant.name, public: grant.standing.public, created_at: None };
    let (who, artifact) = ((grant.caller.name(), now), (digest, tags.last().map(Tag::as_str)));
    let event = event::quota(EventType::QuotaWarning, who, &repository, artifact, &details);
    tell_in(tx, grant.project, &[event], now).await
}

/// Tells that a push was refused, as the project may not use so much. What goes wrong here changes
/// nothing about the refusal.
pub(crate) async fn refused(app: &App, grant: &RepoGrant<Push>, error: &Error, pushed: (&str, &[Tag])) {
    if !matches!(error, Error::QuotaExceeded { .. }) {
        return;
    }
    if let Err(failure) = tell_refused(app, grant, pushed, &error.to_string()).await {
        tracing::warn!(error = &failure as &dyn std::error::Error, "could not tell that a quota is exceeded");
    }
}

async fn tell_refused(
    app: &App,
    grant: &RepoGrant<Push>,
    (digest, tags): (&str, &[Tag]),
    details: &str,
) -> Result<()> {
    if !is_told(app, grant).await? {
        return Ok(());
    }
    let now = app.clock.now();
    let repository = Repository { name: &grant.name, public: grant.standing.public, created_at: None };
    let (who, artifact) = ((grant.caller.name(), now), (digest, tags.last().map(Tag::as_str)));
    let event = event::quota(EventType::QuotaExceed, who, &repository, artifact, details);
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
