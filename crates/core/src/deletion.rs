//! Undoing deletions: of tags, artifacts and repositories, for a while (`undo_period`).
//!
//! A deletion takes its rows away at once, so that nobody sees or counts them, and keeps copies. The
//! bytes stay until its time is over or somebody ends it; then garbage collection takes them.

use std::collections::BTreeMap;

use minato_db::Tx;
use minato_db::deletion::{self, NewDeletion};
pub use minato_types::deletion::{Deletion, DeletionKind};
use minato_types::id::{DeletionId, ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::query::Query;

use crate::audit::{self, Event, EventType};
use crate::authz::{ArtifactDelete, ProjectGrant};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, quota};

/// How many deletions end in one transaction.
const BATCH: i64 = 100;

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// How many artifacts are there again.
    pub artifacts: usize,
    /// How many tags were made again.
    pub tags: usize,
    /// How many were not, as others of their names were made since.
    pub tags_left: usize,
}

/// Writes down what is about to be deleted; `None` where nothing can be undone.
pub(crate) async fn open_in(
    tx: &mut Tx,
    app: &App,
    (project, repository): (ProjectId, &str),
    (kind, name): (DeletionKind, &str),
    by: &str,
) -> Result<Option<DeletionId>> {
    let period = app.startup.undo_period;
    if period.is_zero() {
        return Ok(None);
    }
    let now = app.clock.now();
    let new = NewDeletion { project, repository, kind, name, by, now, expires_at: now.plus(period) };
    Ok(Some(deletion::insert(tx, &new).await?))
}

/// Takes what was deleted off the project's quota.
pub(crate) async fn account_in(
    tx: &mut Tx,
    project: ProjectId,
    kept: Option<DeletionId>,
    bytes: i64,
) -> Result<()> {
    if let Some(id) = kept {
        deletion::close(tx, id, bytes).await?;
    }
    let undo = if kept.is_some() { bytes } else { 0 };
    Ok(minato_db::quota::count(tx, project, (-bytes, undo), quota::seed()).await?)
}

/// Lists the deletions of a project that can be undone.
pub async fn list(
    app: &App,
    grant: &ProjectGrant<ArtifactDelete>,
    query: &Query,
    window: Window,
) -> Result<Page<Deletion>> {
    let mut conn = app.db.read().await?;
    let now = app.clock.now();
    let (items, total) = deletion::list(&mut conn, grant.project, now, query, window).await?;
    Ok(Page { items, total })
}

/// Undoes a deletion: what it took is there again, with its times, labels and tags. Tags of these
/// names that were made since stay. Refused where the project's quota does not allow it.
pub async fn restore(app: &App, grant: &ProjectGrant<ArtifactDelete>, id: DeletionId) -> Result<Restored> {
    let enforced = quota::is_enforced(app).await?;
    let mut tx = app.db.begin().await?;
    let found = deletion::lock(&mut tx, grant.project, id, app.clock.now()).await?;
    let found = found.ok_or(Error::NotFound(Noun::Deletion))?;
    let kind = match found.kind {
        DeletionKind::Tag => EventType::CreateTag,
        DeletionKind::Artifact | DeletionKind::Repository => EventType::CreateArtifact,
    };
    let event = Event::new(kind, resource(&found)).within(grant.project).told("a deletion undone");
    audit::of(app, grant.principal.name(), event, async {
        let (repository, restored) = restore_in(&mut tx, app, &found, enforced).await?;
        tx.commit().await?;
        app.cache.repository_changed(repository);
        // The repository may be new, where it stands is remembered by name.
        app.cache.projects_changed();
        Ok(restored)
    })
    .await
}

async fn restore_in(
    tx: &mut Tx,
    app: &App,
    found: &Deletion,
    enforced: bool,
) -> Result<(RepositoryId, Restored)> {
    let now = app.clock.now();
    let name: RepositoryName = found.repository.parse().map_err(Error::internal)?;
    let repository = minato_db::repository::ensure(tx, found.project, &name, true, now).await?;
    if let Some(child) = deletion::get_missing_child(tx, found.id, repository).await? {
        let why = format!("the index lists {child}, which was deleted as well; undo that deletion first");
        return Err(Error::Precondition(why));
    }
    let blobs = deletion::list_blobs(tx, found.id).await?;
    if !blobs.is_empty() {
        minato_db::artifact::link_blobs(tx, repository, &blobs, now).await?;
        let bytes = minato_db::quota::add_blobs(tx, found.project, &blobs).await?;
        quota::charge_in(tx, found.project, &name, bytes, enforced).await?;
    }
    minato_db::quota::count(tx, found.project, (0, -found.size), quota::seed()).await?;
    let place = (found.project, repository);
    let mut changed = deletion::restore_artifacts(tx, found.id, place, now).await?;
    let tags = deletion::restore_tags(tx, found.id, repository).await?;
    let wanted = usize::try_from(deletion::count_tags(tx, found.id).await?).unwrap_or_default();
    if found.kind == DeletionKind::Tag && tags.is_empty() {
        let why = format!(
            "{name} has a tag {} again, or what it pointed to was deleted; undo that deletion first",
            found.name
        );
        return Err(Error::Precondition(why));
    }
    if found.kind == DeletionKind::Repository {
        deletion::restore_description(tx, found.id, repository).await?;
    }
    let artifacts = usize::try_from(found.artifacts).unwrap_or_default();
    let restored = Restored { artifacts, tags: tags.len(), tags_left: wanted.saturating_sub(tags.len()) };
    changed.extend(tags);
    minato_db::artifact::refresh_standing(tx, &changed, None, now).await?;
    deletion::delete(tx, found.id, now).await?;
    Ok((repository, restored))
}

/// Ends a deletion for good: its bytes are garbage at once, if nothing else needs them.
pub async fn purge(app: &App, grant: &ProjectGrant<ArtifactDelete>, id: DeletionId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let found = deletion::lock(&mut tx, grant.project, id, app.clock.now()).await?;
    let found = found.ok_or(Error::NotFound(Noun::Deletion))?;
    end_in(&mut tx, app, std::slice::from_ref(&found)).await?;
    tx.commit().await?;
    note_purge(app, grant, &resource(&found));
    Ok(())
}

/// Ends all deletions of a project for good; how many.
pub async fn purge_all(app: &App, grant: &ProjectGrant<ArtifactDelete>) -> Result<usize> {
    let mut ended = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let some = deletion::lock_some(&mut tx, Some(grant.project), app.clock.now(), BATCH).await?;
        if some.is_empty() {
            break;
        }
        end_in(&mut tx, app, &some).await?;
        tx.commit().await?;
        ended += some.len();
    }
    note_purge(app, grant, &grant.name);
    Ok(ended)
}

fn note_purge(app: &App, grant: &ProjectGrant<ArtifactDelete>, resource: &str) {
    let event = Event::new(EventType::DeleteArtifact, resource).within(grant.project);
    audit::note(app, grant.principal.name(), event.told("what could be undone, for good"), true);
}

/// Ends deletions whose time is over.
pub(crate) async fn expire(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.begin().await?;
        let over = deletion::lock_some(&mut tx, None, app.clock.now(), BATCH).await?;
        if over.is_empty() {
            return Ok(());
        }
        end_in(&mut tx, app, &over).await?;
        tx.commit().await?;
    }
}

/// Ends all deletions of a project that goes itself.
pub(crate) async fn remove_in(tx: &mut Tx, app: &App, project: ProjectId) -> Result<()> {
    loop {
        let some = deletion::lock_some(tx, Some(project), app.clock.now(), BATCH).await?;
        if some.is_empty() {
            return Ok(());
        }
        end_in(tx, app, &some).await?;
    }
}

/// Ends deletions that are locked. Pulls of what went a moment ago have time to end.
async fn end_in(tx: &mut Tx, app: &App, ended: &[Deletion]) -> Result<()> {
    let review_at = app.clock.now().plus(app.startup.gc.delay);
    // By project, so that two who do this never wait for each other crosswise.
    let mut sizes: BTreeMap<ProjectId, i64> = BTreeMap::new();
    for deletion in ended {
        *sizes.entry(deletion.project).or_default() += deletion.size;
    }
    for (project, size) in sizes {
        minato_db::quota::count(tx, project, (0, -size), quota::seed()).await?;
    }
    for deletion in ended {
        deletion::delete(tx, deletion.id, review_at).await?;
    }
    Ok(())
}

/// What a deletion was about, as the audit log names it.
fn resource(deletion: &Deletion) -> String {
    let Deletion { repository, name, .. } = deletion;
    match deletion.kind {
        DeletionKind::Tag => format!("{repository}:{name}"),
        DeletionKind::Artifact => format!("{repository}@{name}"),
        DeletionKind::Repository => repository.clone(),
    }
}
