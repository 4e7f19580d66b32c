//! Telling of pulls: they change nothing, so nothing waits for it to be queued. What was noted is queued a
//! moment later, and when the process stops; only one that is killed loses it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::reference::Reference;
use minato_types::webhook::EventType;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::event::{self, Repository};
use super::tell;
use crate::authz::{Pull, RepoGrant};
use crate::{App, Result, settings};

/// Most pulls that wait to be told of.
const MOST_WAITING: usize = 10_000;

/// Most that are queued in one transaction.
const BATCH: usize = 100;

/// How long pulls wait that could not be queued.
const AGAIN: Duration = Duration::from_secs(1);

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
pub(crate) fn note(app: &App, grant: &RepoGrant<Pull>, reference: &Reference, digest: &str) {
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
    let mut waiting = app.told_pulls.waiting();
    if waiting.len() < MOST_WAITING {
        waiting.push_back(pull);
        drop(waiting);
        app.told_pulls.wake.notify_one();
    }
}

impl Pulls {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Pulled>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Queues noted pulls, until stopped; what was noted until then as well.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        let ends = tokio::select! {
            () = stop.cancelled() => true,
            () = app.told_pulls.wake.notified() => false,
        };
        let outcome = queue_pulls(&app).await;
        if let Err(error) = &outcome {
            tracing::warn!(error = error as &dyn std::error::Error, "could not tell of pulls");
        }
        if ends {
            return;
        }
        if outcome.is_err() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
            app.told_pulls.wake.notify_one();
        }
    }
}

async fn queue_pulls(app: &App) -> Result<()> {
    if !settings::current(app).await?.flag("notification_enable") {
        app.told_pulls.waiting().clear();
        return Ok(());
    }
    loop {
        let batch: Vec<Pulled> = {
            let mut waiting = app.told_pulls.waiting();
            let count = waiting.len().min(BATCH);
            waiting.drain(..count).collect()
        };
        if batch.is_empty() {
            return Ok(());
        }
        if let Err(error) = queue_batch(app, &batch).await {
            let mut waiting = app.told_pulls.waiting();
            batch.into_iter().rev().for_each(|pull| waiting.push_front(pull));
            return Err(error);
        }
    }
}

async fn queue_batch(app: &App, batch: &[Pulled]) -> Result<()> {
    let mut tx = app.db.begin().await?;
    for pull in batch {
        let created_at = minato_db::repository::created_at(&mut tx, pull.repository).await?;
        let repository = Repository { name: &pull.name, public: pull.public, created_at };
        let who = (pull.operator.as_str(), pull.at);
        let artifact = (pull.digest.as_str(), pull.tag.as_deref());
        let event = event::artifact(EventType::PullArtifact, who, &repository, artifact, &app.host());
        tell::tell_in(&mut tx, pull.project, &[event], app.clock.now()).await?;
    }
    Ok(tx.commit_soon().await?)
}
