//! Counting pulls and pushes, and their times: noted in memory while answering, written in batches
//! behind it.
//!
//! What is in memory when the process is killed is lost; it is statistics.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use minato_db::activity::Count;
use minato_db::pull::Activity;
use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId};
use minato_types::reference::Reference;

use crate::authz::{Pull, RepoGrant};
use crate::cache::ServedManifest;
use crate::webhook::pulls;
use crate::{App, Result, audit, growth, settings};

/// Most different things noted between two writes; beyond it only counts go on.
const MAX_NOTES: usize = 50_000;

#[derive(Default)]
struct Notes {
    artifacts: HashMap<ArtifactId, Timestamp>,
    tags: HashMap<(RepositoryId, String), Timestamp>,
    /// Of those pulled by scanners, which may not count.
    scanned: HashMap<ArtifactId, Timestamp>,
    scanned_tags: HashMap<(RepositoryId, String), Timestamp>,
    repositories: HashMap<RepositoryId, Activity>,
    /// Pushes and pulls of each day.
    projects: HashMap<(ProjectId, i64), (i64, i64)>,
}

impl Notes {
    fn repository(&mut self, id: RepositoryId) -> &mut Activity {
        self.repositories.entry(id).or_default()
    }

    fn project(&mut self, id: ProjectId, now: Timestamp) -> &mut (i64, i64) {
        self.projects.entry((id, growth::day_of(now))).or_default()
    }
}

/// What was pulled since the last write.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Notes>);

impl Recorder {
    /// Notes that a manifest was pushed. The row of a repository that many push to would make them
    /// wait for each other.
    pub(crate) fn note_push(&self, project: ProjectId, repository: RepositoryId, now: Timestamp) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.repository(repository).pushed = Some(now);
        notes.project(project, now).0 += 1;
    }

    fn take(&self) -> Notes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that a manifest was pulled (a `GET`, not a `HEAD`).
pub fn note(app: &App, grant: &RepoGrant<Pull>, reference: &Reference, manifest: &ServedManifest) {
    let Some(repository) = grant.repository else { return };
    audit::pulled(app, grant, reference);
    pulls::note(app, grant, reference, manifest.digest.as_str());
    let now = app.clock.now();
    let mut notes = app.pulls.0.lock().unwrap_or_else(PoisonError::into_inner);
    notes.repository(repository).pulls += 1;
    notes.project(grant.project, now).1 += 1;
    let notes = &mut *notes;
    let (artifacts, tags) = if grant.caller.is_scanner() {
        (&mut notes.scanned, &mut notes.scanned_tags)
    } else {
        (&mut notes.artifacts, &mut notes.tags)
    };
    if artifacts.len() < MAX_NOTES {
        artifacts.insert(manifest.id, now);
    }
    if let Reference::Tag(tag) = reference
        && tags.len() < MAX_NOTES
    {
        tags.insert((repository, tag.as_str().to_owned()), now);
    }
}

/// Writes what was noted. Happens by itself every few seconds and at the end.
pub async fn flush(app: &App) -> Result<()> {
    let mut notes = app.pulls.take();
    if notes.repositories.is_empty() {
        return Ok(());
    }
    let settings = settings::current(app).await?;
    let counts = !settings.flag("pull_count_update_disable");
    let repositories = notes.repositories.into_iter();
    let repositories: Vec<(RepositoryId, Activity)> = repositories
        .map(|(id, of)| (id, Activity { pulls: if counts { of.pulls } else { 0 }, ..of }))
        .collect();
    if !settings.flag("scanner_skip_update_pulltime") {
        notes.artifacts.extend(notes.scanned);
        notes.tags.extend(notes.scanned_tags);
    }
    let artifacts: Vec<_> = notes.artifacts.into_iter().collect();
    let tags: Vec<_> = notes.tags.into_iter().map(|((id, name), at)| (id, name, at)).collect();
    let mut tx = app.db.begin().await?;
    minato_db::pull::update_repositories(&mut tx, &repositories).await?;
    if !settings.flag("pull_time_update_disable") {
        minato_db::pull::update_artifacts(&mut tx, &artifacts).await?;
        minato_db::pull::update_tags(&mut tx, &tags).await?;
    }
    tx.commit().await?;
    let projects = notes.projects.into_iter();
    let mut projects: Vec<_> = projects
        .map(|((id, day), (pushes, pulls))| {
            (id, Count { day, pushes, pulls: if counts { pulls } else { 0 } })
        })
        .collect();
    projects.sort_unstable_by_key(|(id, count)| (id.0, count.day));
    let mut tx = app.db.begin().await?;
    minato_db::activity::add(&mut tx, &projects).await?;
    Ok(tx.commit().await?)
}
