//! Artifacts: what a manifest is to people.
//!
//! `kind` tells what it is, `accessory` whether it belongs to another, `show` what is told of it,
//! `addition` what is inside it, `copy` brings it elsewhere, `remove` takes it away.

pub(crate) mod accessory;
pub mod addition;
mod chart;
mod copy;
pub(crate) mod kind;
mod model;
pub(crate) mod remove;
mod show;

use minato_db::artifact::{Likeness, Scope};
use minato_types::artifact::Artifact;
use minato_types::id::RepositoryId;
use minato_types::query::Query;
use minato_types::reference::Reference;

pub use copy::copy;
pub use show::{Shown, ShownAccessory, ShownTag, Wanted};

use crate::audit::{self, Event, EventType};
use crate::authz::{AccessoryList, ArtifactDelete, ArtifactList, ArtifactRead, ProjectGrant, RepoGrant};
use crate::project::Page;
use crate::webhook::tell::{self, Place};
use crate::{App, Error, Noun, Result, Window};
use remove::Children;

/// The artifact that a reference names.
pub(crate) async fn resolve(
    conn: &mut minato_db::Conn,
    repository: RepositoryId,
    reference: &Reference,
) -> Result<Artifact> {
    let found = minato_db::artifact::find(conn, repository, reference).await?;
    found.ok_or(Error::NotFound(Noun::Artifact))
}

/// Lists the artifacts of a repository.
pub async fn list(
    app: &App,
    grant: &RepoGrant<ArtifactList>,
    query: &Query,
    window: Window,
    wanted: Wanted,
) -> Result<Page<Shown>> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    if !minato_db::repository::is_pushed(&mut conn, repository).await? {
        return Err(Error::NotFound(Noun::Repository));
    }
    let scope = Scope::Repository(repository);
    let (found, total) = minato_db::artifact::list(&mut conn, scope, query, window).await?;
    Ok(Page { items: show::all(&mut conn, grant.project, found, wanted).await?, total })
}

/// Lists the artifacts of a project; with `latest` only the newest one of each repository, among
/// those of the media type or artifact type that `query` asks for.
pub async fn list_of_project(
    app: &App,
    grant: &ProjectGrant<ArtifactList>,
    latest: bool,
    query: &Query,
    window: Window,
    wanted: Wanted,
) -> Result<Page<Shown>> {
    let types = (query.pattern("media_type").is_some(), query.pattern("artifact_type").is_some());
    let scope = match (latest, types) {
        (false, _) => Scope::Project(grant.project),
        (true, (true, false)) => Scope::NewestOfEach(grant.project, Likeness::MediaType),
        (true, (false, true)) => Scope::NewestOfEach(grant.project, Likeness::ArtifactType),
        (true, _) => {
            let why = "latest_in_repository needs exactly one of media_type and artifact_type in q";
            return Err(Error::invalid("q", why));
        }
    };
    let mut conn = app.db.read().await?;
    let (found, total) = minato_db::artifact::list(&mut conn, scope, query, window).await?;
    Ok(Page { items: show::all(&mut conn, grant.project, found, wanted).await?, total })
}

/// Shows an artifact.
pub async fn get(
    app: &App,
    grant: &RepoGrant<ArtifactRead>,
    reference: &Reference,
    wanted: Wanted,
) -> Result<Shown> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let found = resolve(&mut conn, repository, reference).await?;
    let shown = show::all(&mut conn, grant.project, vec![found], wanted).await?.pop();
    shown.ok_or(Error::NotFound(Noun::Artifact))
}

/// Deletes an artifact with its tags, the accessories that are nothing without it and the children
/// that only it lists; refused while an index lists it, or a rule holds one of its tags.
pub async fn delete(app: &App, grant: &RepoGrant<ArtifactDelete>, reference: &Reference) -> Result<()> {
    let event =
        Event::new(EventType::DeleteArtifact, format!("{}:{reference}", grant.name)).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let told = tell::is_told(app, grant).await?;
        let mut tx = app.db.begin().await?;
        let found = resolve(&mut tx, repository, reference).await?;
        let going = if told { Some(tell::going(&mut tx, repository, &found.digest).await?) } else { None };
        let (place, how) = ((grant.project, repository), (Children::Go, grant.caller.name()));
        remove::artifact(&mut tx, app, place, &found.digest, how).await?;
        if let Some(gone) = going {
            let place = Place::of(grant, repository);
            tell::deleted_in(&mut tx, app, &place, grant.caller.name(), &[gone]).await?;
        }
        tx.commit().await?;
        app.cache.repository_changed(repository);
        Ok(())
    })
    .await
}

/// Lists the accessories of an artifact.
pub async fn list_accessories(
    app: &App,
    grant: &RepoGrant<AccessoryList>,
    reference: &Reference,
    query: &Query,
    window: Window,
) -> Result<Page<ShownAccessory>> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let subject = resolve(&mut conn, repository, reference).await?;
    let (found, total) =
        minato_db::artifact::page_accessories(&mut conn, repository, &subject.digest, query, window).await?;
    let items = found.into_iter().filter_map(|artifact| ShownAccessory::of(artifact, subject.id)).collect();
    Ok(Page { items, total })
}
