//! Carrying a policy out in one repository. Begun again it decides anew about what is left.

use std::collections::{HashMap, HashSet};

use minato_db::retention::CandidateTag;
use minato_db::task::Claimed;
use minato_db::{Tx, execution};
use minato_queue::{Cx, JobError};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId, RetentionId};
use minato_types::name::RepositoryName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Policy;
use super::rule::{self, Candidate, Ready};
use crate::artifact::remove::{self, Children};
use crate::audit::{self, Event, EventType};
use crate::immutable::Rules;
use crate::job::{JobKind, OPERATOR};
use crate::webhook::tell;
use crate::{App, Error, Result, settings};

/// Deleted artifacts that are named with the task; the log has all.
const NAMED: usize = 100;

/// What a task is to do.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parameters {
    policy: i64,
    repository: i64,
    dry_run: bool,
}

/// What became of an artifact, in the words of Harbor's log.
#[derive(Clone, PartialEq, Eq)]
enum Fate {
    /// Kept by the rule at this place.
    Retained(usize),
    Deleted,
    Immutable,
    /// It could not be deleted, or need not be any more.
    Kept(String),
}

/// The labels of artifacts, by name.
type Labels = HashMap<ArtifactId, Vec<String>>;

/// The repository, and what is done in it.
struct Place {
    project: ProjectId,
    id: RepositoryId,
    name: RepositoryName,
    public: bool,
    /// Whether somebody is told of deletions.
    told: bool,
    /// Who began it.
    operator: String,
    dry_run: bool,
}

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let Some((policy, place)) = find(app, task, parameters).await? else {
        cx.info("nothing to do: the policy or the repository is gone");
        return Ok(Map::new());
    };
    cx.info(format!("retention in {}{}", place.name, if place.dry_run { ", as a dry run" } else { "" }));
    let ready: Vec<(usize, Ready)> = ready(&policy, place.name.within_project())?;
    if ready.is_empty() {
        cx.info("nothing to do: no rule is about this repository any more");
        return Ok(Map::new());
    }
    let rules: Vec<&Ready> = ready.iter().map(|(_, rule)| rule).collect();
    let candidates = candidates(app, place.id).await?;
    let labels = labels(app, place.id).await?;
    let now = cx.now();
    let kept = rule::decide(&rules, &candidates, now);
    let mut fates: Vec<Fate> = Vec::with_capacity(candidates.len());
    for (candidate, kept) in candidates.iter().zip(kept) {
        fates.push(match kept.and_then(|by| ready.get(by)) {
            Some((number, _)) => Fate::Retained(*number),
            None => delete(app, &place, candidate, now).await?,
        });
        cx.progress(fates.len() as u64, candidates.len() as u64);
        cx.checkpoint().await?;
    }
    again(app, &place, &candidates, &mut fates, now).await?;
    cx.info(table(&policy, &candidates, &labels, &fates));
    if !place.dry_run && place.told && fates.contains(&Fate::Deleted) {
        let told = report(app, &policy, &place, &candidates, &fates);
        tell::retained(app, place.project, &place.operator, (&place.name, told)).await?;
    }
    Ok(outcome(&place, &candidates, &fates))
}

async fn find(app: &App, task: &Claimed, parameters: &Parameters) -> Result<Option<(Policy, Place)>> {
    let mut conn = app.db.read().await?;
    let policy = minato_db::retention::get(&mut conn, RetentionId(parameters.policy)).await?;
    let Some(policy) = policy.map(Policy::of).transpose()? else { return Ok(None) };
    let id = RepositoryId(parameters.repository);
    let Some(name) = minato_db::repository::get_name(&mut conn, ProjectId(task.share), id).await? else {
        return Ok(None);
    };
    let name: RepositoryName = name.parse().map_err(Error::internal)?;
    let standing = minato_db::project::standing(&mut conn, name.project(), None, 0).await?;
    let execution = execution::get(&mut conn, &[JobKind::Retention.as_str()], task.execution).await?;
    drop(conn);
    let told = settings::current(app).await?.flag("notification_enable");
    let place = Place {
        project: policy.project,
        id,
        name,
        public: standing.is_some_and(|standing| standing.public),
        told: told && standing.is_some_and(|standing| standing.told),
        operator: execution.and_then(|run| operator(&run.attributes)).unwrap_or(OPERATOR.to_owned()),
        dry_run: parameters.dry_run,
    };
    Ok((policy.project.0 == task.share).then_some((policy, place)))
}

/// Who began an execution.
fn operator(attributes: &str) -> Option<String> {
    let known: Map<String, Value> = serde_json::from_str(attributes).ok()?;
    Some(known.get("operator")?.as_str()?.to_owned())
}

/// The rules that are about the repository, with their places in the policy.
fn ready(policy: &Policy, repository: &str) -> Result<Vec<(usize, Ready)>> {
    let mut found = Vec::new();
    for (number, rule) in policy.rules.iter().enumerate().filter(|(_, rule)| !rule.disabled) {
        let rule = rule.ready()?;
        if rule.is_about(repository) {
            found.push((number, rule));
        }
    }
    Ok(found)
}

async fn candidates(app: &App, repository: RepositoryId) -> Result<Vec<Candidate>> {
    let mut conn = app.db.read().await?;
    let artifacts = minato_db::retention::list_candidates(&mut conn, repository).await?;
    let mut tags: HashMap<_, Vec<_>> = HashMap::new();
    for tag in minato_db::retention::list_tags(&mut conn, repository).await? {
        tags.entry(tag.artifact).or_default().push(tag);
    }
    let candidate = |artifact: minato_db::retention::Candidate| {
        let tags = tags.remove(&artifact.id).unwrap_or_default();
        judged(artifact, tags)
    };
    Ok(artifacts.into_iter().map(candidate).collect())
}

/// The labels of artifacts, as the log has them: without what ends a column there.
async fn labels(app: &App, repository: RepositoryId) -> Result<Labels> {
    let mut conn = app.db.read().await?;
    let mut found = Labels::new();
    for (artifact, name) in minato_db::retention::list_labels(&mut conn, repository).await? {
        let name = name.replace(['|', '\n', '\r'], " ");
        found.entry(artifact).or_default().push(name);
    }
    Ok(found)
}

/// Deletes an artifact that no rule keeps, or tells whether that could be done.
async fn delete(app: &App, place: &Place, candidate: &Candidate, now: Timestamp) -> Result<Fate> {
    let mut tx = app.db.begin().await?;
    minato_db::repository::lock(&mut tx, place.id).await?;
    let held = Rules::read(&mut tx, place.project).await?;
    if candidate.tags.iter().any(|tag| held.hold(&place.name, tag)) {
        return Ok(Fate::Immutable);
    }
    // Its tag, or the index that lists it, may be on the way.
    let before = now.minus(app.startup().gc.hold);
    if candidate.tags.is_empty() && candidate.touched_at > before {
        return Ok(Fate::Kept("it has no tag yet, and was pushed a moment ago".to_owned()));
    }
    if !is_unchanged(&mut tx, place.id, candidate).await? {
        return Ok(Fate::Kept("it was pushed, pulled or tagged meanwhile".to_owned()));
    }
    if place.dry_run {
        return Ok(Fate::Deleted);
    }
    let digest: Digest = candidate.digest.parse().map_err(Error::internal)?;
    let going = if place.told { Some(tell::going(&mut tx, place.id, &digest).await?) } else { None };
    let how = (Children::GoOlder(before), OPERATOR);
    match remove::artifact(&mut tx, app, (place.project, place.id), &digest, how).await {
        Ok(_) => {}
        Err(Error::Precondition(_)) => return Ok(Fate::Immutable),
        Err(Error::InUse(why)) => return Ok(Fate::Kept(why.to_owned())),
        Err(Error::NotFound(_)) => return Ok(Fate::Kept("it was deleted meanwhile".to_owned())),
        Err(error) => return Err(error),
    }
    if let Some(gone) = going {
        let place = tell::Place {
            project: place.project,
            public: place.public,
            repository: place.id,
            name: &place.name,
        };
        tell::deleted_in(&mut tx, app, &place, OPERATOR, &[gone]).await?;
    }
    tx.commit().await?;
    app.cache.repository_changed(place.id);
    let event = Event::new(EventType::DeleteArtifact, format!("{}@{}", place.name, candidate.digest));
    audit::note(app, OPERATOR, event.within(place.project).told("by retention"), true);
    Ok(Fate::Deleted)
}

/// Whether all is still as it was when it was judged. The repository is locked.
async fn is_unchanged(tx: &mut Tx, repository: RepositoryId, candidate: &Candidate) -> Result<bool> {
    let found = minato_db::retention::get_candidate(tx, repository, candidate.id).await?;
    let Some((artifact, tags)) = found else { return Ok(false) };
    let now = judged(artifact, tags);
    Ok(now.tags == candidate.tags
        && now.touched_at == candidate.touched_at
        && now.pushed_at == candidate.pushed_at
        && now.pulled_at == candidate.pulled_at)
}

/// An artifact with its tags, by name, as rules judge it.
fn judged(artifact: minato_db::retention::Candidate, tags: Vec<CandidateTag>) -> Candidate {
    let pushed = tags.iter().map(|tag| tag.pushed_at).chain([artifact.pushed_at]).max();
    Candidate {
        id: artifact.id,
        digest: artifact.digest,
        touched_at: artifact.touched_at,
        pushed_at: pushed.unwrap_or(artifact.pushed_at),
        pulled_at: tags.iter().map(|tag| tag.pulled_at).chain([artifact.pulled_at]).max().flatten(),
        created_at: artifact.pushed_at,
        tags: tags.into_iter().map(|tag| tag.name).collect(),
    }
}

/// What is done about those that an index lists. Those are tried again: the index may be gone by now. In
/// a dry run they stay if the index does.
async fn again(
    app: &App,
    place: &Place,
    candidates: &[Candidate],
    fates: &mut [Fate],
    now: Timestamp,
) -> Result<()> {
    if place.dry_run {
        return foresee(app, candidates, fates).await;
    }
    for (candidate, fate) in candidates.iter().zip(fates.iter_mut()) {
        if matches!(fate, Fate::Kept(_)) {
            *fate = delete(app, place, candidate, now).await?;
        }
    }
    Ok(())
}

async fn foresee(app: &App, candidates: &[Candidate], fates: &mut [Fate]) -> Result<()> {
    let ids: Vec<_> = candidates.iter().map(|candidate| candidate.id).collect();
    let mut conn = app.db.read().await?;
    let parents = minato_db::artifact::parents(&mut conn, &ids).await?;
    // As often as indexes list indexes that list it.
    loop {
        let places = candidates.iter().map(|candidate| candidate.id).zip(fates.iter());
        let going: HashSet<_> =
            places.filter(|(_, fate)| **fate == Fate::Deleted).map(|(id, _)| id).collect();
        let kept: HashSet<_> =
            parents.iter().filter(|parent| !going.contains(&parent.id)).map(|parent| parent.child).collect();
        let mut changed = false;
        for (candidate, fate) in candidates.iter().zip(fates.iter_mut()) {
            if *fate == Fate::Deleted && kept.contains(&candidate.id) {
                *fate = Fate::Kept("an index that stays lists it".to_owned());
                changed = true;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}

/// Harbor's table, and why.
fn table(policy: &Policy, candidates: &[Candidate], labels: &Labels, fates: &[Fate]) -> String {
    let time = |at: Timestamp| {
        let at = jiff::Timestamp::from_second(at.as_secs()).unwrap_or_default();
        at.strftime("%Y/%m/%d %H:%M:%S").to_string()
    };
    let head = String::from(
        "\n| Digest | Tag | Kind | Labels | PushedTime | PulledTime | CreatedTime | Retention | Why |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    let row = |(candidate, fate): (&Candidate, &Fate)| {
        let (word, why) = match fate {
            Fate::Retained(rule) => ("RETAIN", describe(policy, *rule)),
            Fate::Deleted => ("DEL", "no rule keeps it".to_owned()),
            Fate::Immutable => ("IMMUTABLE", "a rule of immutability holds it".to_owned()),
            Fate::Kept(why) => ("ERR", why.clone()),
        };
        let columns = [
            candidate.digest.as_str(),
            &candidate.tags.join(","),
            "image",
            &labels.get(&candidate.id).map(|names| names.join(",")).unwrap_or_default(),
            &time(candidate.pushed_at),
            &candidate.pulled_at.map(time).unwrap_or_default(),
            &time(candidate.created_at),
            word,
            &why,
        ]
        .join(" | ");
        format!("| {columns} |\n")
    };
    candidates.iter().zip(fates).map(row).fold(head, |text, row| text + &row)
}

fn describe(policy: &Policy, number: usize) -> String {
    let Some(rule) = policy.rules.get(number) else { return String::new() };
    let param = rule.params.get(&rule.template).map(|n| format!(" {n}")).unwrap_or_default();
    format!("rule {}: {}{param}", number + 1, rule.template)
}

/// What a webhook tells, in Harbor's words.
fn report(app: &App, policy: &Policy, place: &Place, candidates: &[Candidate], fates: &[Fate]) -> Value {
    let gone = || candidates.iter().zip(fates).filter(|(_, fate)| **fate == Fate::Deleted);
    let repository = place.name.within_project();
    let deleted = gone().take(NAMED).map(|(candidate, _)| {
        let name = match candidate.tags.first() {
            Some(tag) => format!("{repository}:{tag}"),
            None => format!("{repository}@{}", candidate.digest),
        };
        json!({ "type": "image", "status": "Success", "name_tag": name })
    });
    let rules = policy.rules.iter().map(|rule| {
        json!({
            "template": rule.template,
            "params": rule.params,
            "tag_selectors": rule.tag_selectors,
            "scope_selectors": rule.scope_selectors,
        })
    });
    json!({
        "total": candidates.len(),
        "retained": candidates.len() - gone().count(),
        "harbor_hostname": without_port(&app.host()),
        "project_name": place.name.project(),
        "retention_policy_id": policy.id.0,
        "retention_rule": rules.collect::<Vec<_>>(),
        "result": "Success",
        "deleted_artifact": deleted.collect::<Vec<_>>(),
    })
}

/// A host's name or address alone, as Harbor has it here.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn outcome(place: &Place, candidates: &[Candidate], fates: &[Fate]) -> Map<String, Value> {
    let gone = || candidates.iter().zip(fates).filter(|(_, fate)| **fate == Fate::Deleted);
    let deleted: Vec<Value> = gone()
        .take(NAMED)
        .map(|(candidate, _)| json!({ "digest": candidate.digest, "tags": candidate.tags }))
        .collect();
    let (total, lost) = (candidates.len(), gone().count());
    Map::from_iter([
        ("total".to_owned(), json!(total)),
        ("retained".to_owned(), json!(total - lost)),
        ("dry_run".to_owned(), json!(place.dry_run)),
        ("deleted".to_owned(), json!(deleted)),
    ])
}
