//! Tags: making, listing and deleting. They are made by pushing a manifest as well.

use minato_db::Tx;
use minato_types::clock::Timestamp;
use minato_types::deletion::DeletionKind;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::query::Query;
use minato_types::reference::{Reference, Tag};

use crate::artifact::{ShownTag, resolve};
use crate::audit::{self, Event, EventType};
use crate::authz::{Pull, RepoGrant, RepositoryDelete, TagCreate, TagDelete, TagList};
use crate::immutable::{self, Rules};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, deletion};

/// A window of names, and whether there are more behind it.
#[derive(Debug)]
pub struct NamePage {
    /// The names, in byte order.
    pub names: Vec<String>,
    /// Whether more follow.
    pub more: bool,
}

impl NamePage {
    /// Cuts a list that was read one longer than asked.
    pub(crate) fn cut(mut names: Vec<String>, limit: usize) -> Self {
        let more = names.len() > limit;
        names.truncate(limit);
        Self { names, more }
    }
}

/// Lists the names of tags after `after`, at most `limit`.
pub async fn list(app: &App, grant: &RepoGrant<Pull>, after: &str, limit: usize) -> Result<NamePage> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let names = minato_db::tag::list_names(&mut conn, repository, after, one_more).await?;
    if names.is_empty() && !minato_db::repository::is_pushed(&mut conn, repository).await? {
        return Err(Error::NotFound(Noun::Repository));
    }
    Ok(NamePage::cut(names, limit))
}

/// Deletes a tag, by the registry protocol; the manifest and its other tags stay.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>, tag: &Tag) -> Result<()> {
    let event = Event::new(EventType::DeleteTag, format!("{}:{tag}", grant.name)).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let mut tx = app.db.begin().await?;
        minato_db::repository::lock_shared(&mut tx, repository).await?;
        let target = target(&mut tx, repository, tag).await?.ok_or(Error::NotFound(Noun::Manifest))?;
        delete_in(&mut tx, grant, repository, (tag, target), app).await?;
        tx.commit().await?;
        app.cache.repository_changed(repository);
        Ok(())
    })
    .await
}

/// Deletes a tag of the artifact that `reference` names.
pub async fn delete_of(
    app: &App,
    grant: &RepoGrant<TagDelete>,
    reference: &Reference,
    tag: &Tag,
) -> Result<()> {
    let event = Event::new(EventType::DeleteTag, format!("{}:{tag}", grant.name)).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let mut tx = app.db.begin().await?;
        minato_db::repository::lock_shared(&mut tx, repository).await?;
        let artifact = resolve(&mut tx, repository, reference).await?;
        if target(&mut tx, repository, tag).await? != Some(artifact.id) {
            return Err(Error::NotFound(Noun::Tag));
        }
        delete_in(&mut tx, grant, repository, (tag, artifact.id), app).await?;
        tx.commit().await?;
        app.cache.repository_changed(repository);
        Ok(())
    })
    .await
}

/// What a tag points to, which stays so until the transaction ends.
async fn target(tx: &mut Tx, repository: RepositoryId, tag: &Tag) -> Result<Option<ArtifactId>> {
    let targets = minato_db::tag::list_targets(tx, repository, [tag]).await?;
    Ok(targets.first().map(|(_, artifact)| *artifact))
}

/// Points tags, in the order of their names, at artifacts of the repository; refused where a rule holds
/// one that exists. The artifacts that lost one.
pub(crate) async fn point_in(
    tx: &mut Tx,
    (project, name): (ProjectId, &RepositoryName),
    repository: RepositoryId,
    tags: &[(ArtifactId, Tag)],
    now: Timestamp,
) -> Result<Vec<ArtifactId>> {
    let mut open = tags.to_vec();
    loop {
        let existing: Vec<_> =
            minato_db::tag::make(tx, repository, &open, now).await?.into_iter().cloned().collect();
        if existing.is_empty() {
            return Ok(Vec::new());
        }
        let names = existing.iter().map(|(_, tag)| tag);
        let before = minato_db::tag::list_targets(tx, repository, names).await?;
        // Otherwise somebody has deleted one in between, and it can be made.
        if before.len() == existing.len() {
            let rules = Rules::read(tx, project).await?;
            for (tag, _) in &before {
                rules.check(name, tag.as_str())?;
            }
            minato_db::tag::repoint(tx, repository, &existing, now).await?;
            return Ok(before.into_iter().map(|(_, artifact)| artifact).collect());
        }
        open = existing;
    }
}

async fn delete_in<P>(
    tx: &mut Tx,
    grant: &RepoGrant<P>,
    repository: RepositoryId,
    (tag, target): (&Tag, ArtifactId),
    app: &App,
) -> Result<()> {
    immutable::check_in(tx, grant.project, &grant.name, tag).await?;
    let (place, what) = ((grant.project, grant.name.as_str()), (DeletionKind::Tag, tag.as_str()));
    if let Some(id) = deletion::open_in(tx, app, place, what, grant.caller.name()).await? {
        minato_db::deletion::keep_tag(tx, id, repository, tag).await?;
    }
    minato_db::tag::delete(tx, repository, tag).await?;
    minato_db::artifact::refresh_standing(tx, &[target], None, app.clock.now()).await?;
    Ok(())
}

/// Gives an artifact a new tag; refused when the repository has it already.
pub async fn create(app: &App, grant: &RepoGrant<TagCreate>, reference: &Reference, tag: &Tag) -> Result<()> {
    let event = Event::new(EventType::CreateTag, format!("{}:{tag}", grant.name)).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let now = app.clock.now();
        let mut tx = app.db.begin().await?;
        minato_db::repository::lock_shared(&mut tx, repository).await?;
        let artifact = resolve(&mut tx, repository, reference).await?;
        match minato_db::tag::insert(&mut tx, repository, artifact.id, tag, now).await {
            Ok(_) => {}
            Err(minato_db::Error::Conflict) => {
                return Err(Error::Conflict(format!("the tag {tag} already exists in {}", grant.name)));
            }
            Err(error) => return Err(error.into()),
        }
        minato_db::artifact::refresh_standing(&mut tx, &[artifact.id], None, now).await?;
        tx.commit().await?;
        app.cache.repository_changed(repository);
        Ok(())
    })
    .await
}

/// Lists the tags of the artifact that `reference` names; with `immutable` it is told which of them
/// rules hold.
pub async fn list_of(
    app: &App,
    grant: &RepoGrant<TagList>,
    reference: &Reference,
    immutable: bool,
    query: &Query,
    window: Window,
) -> Result<Page<ShownTag>> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let artifact = resolve(&mut conn, repository, reference).await?;
    let (tags, total) = minato_db::tag::list(&mut conn, repository, artifact.id, query, window).await?;
    let rules = if immutable { Some(Rules::read(&mut conn, grant.project).await?) } else { None };
    let held = |name: &str| rules.as_ref().is_some_and(|rules| rules.hold(&grant.name, name));
    let items = tags.into_iter().map(|tag| ShownTag { immutable: held(&tag.name), tag }).collect();
    Ok(Page { items, total })
}
