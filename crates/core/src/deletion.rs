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
use minato_types::permission::{Action, Resource};
use minato_types::query::Query;
use tokio_util::sync::CancellationToken;

use crate::audit::{self, Event, EventType};
use crate::authz::{ArtifactDelete, ProjectGrant};
use crate::manifest::StoreError;
use crate::pace::Pace;
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, quota};

/// How many deletions end in one transaction at most, and how many artifacts of them.
const BATCH: i64 = 100;
const MOST_ARTIFACTS: i64 = 200;

/// How often undoing begins again when somebody changes the repository under it.
const TRIES: usize = 20;

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// How many artifacts were made again: those that were pushed meanwhile were not.
    pub artifacts: usize,
    /// How many tags were made again.
    pub tags: usize,
    /// How many were not, as others of their names were made since.
    pub tags_left: usize,
}

/// A deletion, as lists show it.
pub struct Listed {
    /// The deletion.
    pub deletion: Deletion,
    /// The tags that went, by name, a hundred at most; of a repository none.
    pub tags: Vec<String>,
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
) -> Result<Page<Listed>> {
    let mut conn = app.db.read().await?;
    let now = app.clock.now();
    let (found, total) = deletion::list(&mut conn, grant.project, now, query, window).await?;
    // A repository has too many, and is known by its name.
    let tagged = found.iter().filter(|deletion| deletion.kind != DeletionKind::Repository);
    let tagged: Vec<DeletionId> = tagged.map(|deletion| deletion.id).collect();
    let mut tags: BTreeMap<DeletionId, Vec<String>> = BTreeMap::new();
    for (id, name) in deletion::list_tags(&mut conn, &tagged).await? {
        tags.entry(id).or_default().push(name);
    }
    let listed =
        |deletion: Deletion| Listed { tags: tags.remove(&deletion.id).unwrap_or_default(), deletion };
    Ok(Page { items: found.into_iter().map(listed).collect(), total })
}

/// Undoes a deletion: what it took is there again, with its times, labels and tags. Tags of these
/// names that were made since stay. Refused to who may not push either, and where the project's quota
/// does not allow it.
pub async fn restore(app: &App, grant: &ProjectGrant<ArtifactDelete>, id: DeletionId) -> Result<Restored> {
    let found = find(app, grant, id).await?;
    require(grant, Action::Push)?;
    let kind = match found.kind {
        DeletionKind::Tag => EventType::CreateTag,
        DeletionKind::Artifact | DeletionKind::Repository => EventType::CreateArtifact,
    };
    let event = Event::new(kind, resource(&found)).within(grant.project).told("a deletion undone");
    audit::of(app, grant.principal.name(), event, async {
        let enforced = quota::is_enforced(app).await?;
        for _ in 0..TRIES {
            match attempt(app, grant, id, enforced).await {
                // Somebody changed the repository in between.
                Err(StoreError::Lost) => {}
                Err(StoreError::Other(error)) => return Err(error),
                Ok((repository, restored)) => {
                    app.cache.repository_changed(repository);
                    // The repository may be new, and where it stands is remembered by name.
                    app.cache.projects_changed();
                    return Ok(restored);
                }
            }
        }
        Err(Error::Conflict("others change the repository all the time; try again".to_owned()))
    })
    .await
}

async fn find(app: &App, grant: &ProjectGrant<ArtifactDelete>, id: DeletionId) -> Result<Deletion> {
    let mut conn = app.db.read().await?;
    let found = deletion::get(&mut conn, grant.project, id, app.clock.now()).await?;
    found.ok_or(Error::NotFound(Noun::Deletion))
}

/// What only who may do this with repositories may do, beside deleting artifacts.
fn require(grant: &ProjectGrant<ArtifactDelete>, action: Action) -> Result<()> {
    if grant.holds(Resource::Repository, action) {
        Ok(())
    } else {
        Err(Error::Denied { authenticated: grant.principal.is_authenticated() })
    }
}

async fn attempt(
    app: &App,
    grant: &ProjectGrant<ArtifactDelete>,
    id: DeletionId,
    enforced: bool,
) -> std::result::Result<(RepositoryId, Restored), StoreError> {
    let mut tx = app.db.begin().await?;
    let found = deletion::lock(&mut tx, grant.project, id, app.clock.now()).await?;
    let found = found.ok_or(Error::NotFound(Noun::Deletion))?;
    let done = restore_in(&mut tx, app, &found, enforced).await?;
    tx.commit().await?;
    Ok(done)
}

async fn restore_in(
    tx: &mut Tx,
    app: &App,
    found: &Deletion,
    enforced: bool,
) -> std::result::Result<(RepositoryId, Restored), StoreError> {
    let now = app.clock.now();
    let name: RepositoryName = found.repository.parse().map_err(Error::internal)?;
    let repository = minato_db::repository::ensure(tx, found.project, &name, true, now).await?;
    if let Some(child) = deletion::get_missing_child(tx, found.id, repository).await? {
        let why = format!("the index lists {child}, which was deleted as well; undo that deletion first");
        return Err(Error::Precondition(why).into());
    }
    let blobs = deletion::list_blobs(tx, found.id).await?;
    if !blobs.is_empty() {
        deletion::link_blobs(tx, &blobs, repository, now).await?;
        let bytes = minato_db::quota::add_blobs(tx, found.project, &blobs).await?;
        quota::charge_in(tx, found.project, &name, bytes, enforced).await?;
    }
    minato_db::quota::count(tx, found.project, (0, -found.size), quota::seed()).await?;
    let place = (found.project, repository);
    let (artifacts, mut changed) = deletion::restore_artifacts(tx, found.id, place, now).await?;
    let tags = deletion::restore_tags(tx, found.id, repository).await?;
    let wanted = usize::try_from(deletion::count_tags(tx, found.id).await?).unwrap_or_default();
    if found.kind == DeletionKind::Tag && tags.is_empty() {
        let why = format!(
            "{name} has a tag {} again, or what it pointed to was deleted; undo that deletion first",
            found.name
        );
        return Err(Error::Precondition(why).into());
    }
    if found.kind == DeletionKind::Repository {
        deletion::restore_description(tx, found.id, repository).await?;
    }
    let restored = Restored { artifacts, tags: tags.len(), tags_left: wanted.saturating_sub(tags.len()) };
    changed.extend(tags);
    minato_db::artifact::refresh_standing(tx, &changed, None, now).await?;
    deletion::delete(tx, &[found.id], now).await?;
    Ok((repository, restored))
}

/// Ends a deletion for good: its bytes are garbage after `gc_delay`, if nothing else needs them. That of
/// a repository only for who may delete one.
pub async fn purge(app: &App, grant: &ProjectGrant<ArtifactDelete>, id: DeletionId) -> Result<()> {
    let found = find(app, grant, id).await?;
    if found.kind == DeletionKind::Repository {
        require(grant, Action::Delete)?;
    }
    audit::of(app, grant.principal.name(), purged(grant, &resource(&found)), async {
        let mut tx = app.db.begin().await?;
        let found = deletion::lock(&mut tx, grant.project, id, app.clock.now()).await?;
        let found = found.ok_or(Error::NotFound(Noun::Deletion))?;
        end_in(&mut tx, app, &[found]).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends all deletions of a project for good; for who may delete repositories.
pub async fn purge_all(app: &App, grant: &ProjectGrant<ArtifactDelete>) -> Result<()> {
    require(grant, Action::Delete)?;
    audit::of(app, grant.principal.name(), purged(grant, &grant.name), async {
        loop {
            let mut tx = app.db.begin().await?;
            let some = deletion::lock_of_project(&mut tx, grant.project, BATCH).await?;
            if some.is_empty() {
                return Ok(());
            }
            end_in(&mut tx, app, bounded(&some)).await?;
            tx.commit().await?;
        }
    })
    .await
}

fn purged(grant: &ProjectGrant<ArtifactDelete>, resource: &str) -> Event {
    let event = Event::new(EventType::DeleteArtifact, resource).within(grant.project);
    event.told("what could be undone, for good")
}

/// Ends deletions whose time is over, unless asked to stop.
pub(crate) async fn expire(app: &App, stop: &CancellationToken) -> Result<()> {
    let mut pace = Pace::new(stop);
    while pace.next().await {
        let now = app.clock.now();
        let mut conn = app.db.read().await?;
        let is_due = deletion::has_expired(&mut conn, now).await?;
        drop(conn);
        if !is_due {
            break;
        }
        let mut tx = app.db.begin().await?;
        let over = deletion::lock_expired(&mut tx, now, BATCH).await?;
        if over.is_empty() {
            break;
        }
        end_in(&mut tx, app, bounded(&over)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Those that are ended together: few where much was deleted, at least one.
fn bounded(some: &[Deletion]) -> &[Deletion] {
    let mut room = MOST_ARTIFACTS;
    let fits = some.iter().take_while(|deletion| {
        room -= deletion.artifacts;
        room >= 0
    });
    let count = fits.count().max(1);
    some.get(..count).unwrap_or(some)
}

/// Ends all deletions of a project that goes itself.
pub(crate) async fn remove_in(tx: &mut Tx, app: &App, project: ProjectId) -> Result<()> {
    loop {
        let some = deletion::lock_of_project(tx, project, BATCH).await?;
        if some.is_empty() {
            return Ok(());
        }
        end_in(tx, app, &some).await?;
    }
}

/// Ends deletions that are locked. Pulls of what went a moment ago have time to end.
async fn end_in(tx: &mut Tx, app: &App, ended: &[Deletion]) -> Result<()> {
    let review_at = app.clock.now().plus(app.startup.gc.delay);
    let ids: Vec<DeletionId> = ended.iter().map(|deletion| deletion.id).collect();
    deletion::delete(tx, &ids, review_at).await?;
    // Last, as pushes may wait for a quota; by project, so that two who do this never wait for each
    // other crosswise.
    let mut sizes: BTreeMap<ProjectId, i64> = BTreeMap::new();
    for deletion in ended {
        *sizes.entry(deletion.project).or_default() += deletion.size;
    }
    for (project, size) in sizes {
        minato_db::quota::count(tx, project, (0, -size), quota::seed()).await?;
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
