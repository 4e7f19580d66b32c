//! Blobs of a repository: finding, reading, mounting, deleting.

use std::ops::Range;

use minato_db::blob::{Blob, Hold};
use minato_store::{ByteStream, StorageKey};
use minato_types::digest::Digest;
use minato_types::id::RepositoryId;
use minato_types::name::RepositoryName;
use minato_types::permission::{Action, Resource};

use crate::authz::{self, Pull, Push, RepoGrant, RepositoryDelete};
use crate::principal::{Caller, Principal};
use crate::{App, Error, Noun, Result};

/// A blob that may be read, as proven by the grant that found it.
#[derive(Clone, Debug)]
pub struct ReadableBlob {
    /// Size in bytes.
    pub size: u64,
    key: StorageKey,
}

/// Finds a blob in a repository.
pub async fn stat(app: &App, grant: &RepoGrant<Pull>, digest: &Digest) -> Result<ReadableBlob> {
    Ok(find(app, grant.existing()?, digest).await?.into())
}

/// As [`stat`], for a client that asks whether it is there. One that may push goes on to rely on the
/// answer, so the blob stays for a while, whether or not a manifest needs it.
pub async fn probe(app: &App, grant: &RepoGrant<Pull>, digest: &Digest) -> Result<ReadableBlob> {
    let repository = grant.existing()?;
    let blob = find(app, repository, digest).await?;
    let (name, standing) = (&grant.name, &grant.standing);
    let (now, promise) = (app.clock.now(), app.startup.gc.hold);
    // Held for longer than is promised, so that not each question is written down.
    let (push, until) = (grant.caller.push(), now.plus(promise + promise / 2));
    let hold = Hold { by: &push, until };
    let is_held = blob.held_until.is_some_and(|held| held >= now.plus(promise)) && hold.among(&blob.held_by);
    if !is_held && authz::caller_holds(&grant.caller, name, standing, Resource::Repository, Action::Push) {
        let version = app.cache.version(repository);
        let mut tx = app.db.begin().await?;
        let Some(held) = minato_db::blob::hold(&mut tx, repository, blob.id, hold).await? else {
            return Err(Error::NotFound(Noun::Blob));
        };
        // After a crash the client's push is broken off anyway.
        tx.commit_soon().await?;
        let held = Blob { held_until: Some(until), held_by: held, ..blob.clone() };
        app.cache.put_blob(repository, digest, version, &held);
    }
    Ok(blob.into())
}

async fn find(app: &App, repository: RepositoryId, digest: &Digest) -> Result<Blob> {
    let blob = if let Some(known) = app.cache.blob(repository, digest) {
        known
    } else {
        let version = app.cache.version(repository);
        let mut conn = app.db.read().await?;
        let found = minato_db::blob::get(&mut conn, repository, digest).await?;
        let blob = found.ok_or(Error::NotFound(Noun::Blob))?;
        app.cache.put_blob(repository, digest, version, &blob);
        blob
    };
    Ok(blob)
}

impl From<Blob> for ReadableBlob {
    fn from(blob: Blob) -> Self {
        Self { size: blob.size, key: StorageKey(blob.storage_key) }
    }
}

/// Reads a part of a blob; `range` must lie inside it.
pub async fn read(app: &App, blob: &ReadableBlob, range: Range<u64>) -> Result<ByteStream> {
    Ok(app.store.read(&blob.key, range).await?)
}

/// An address at the object store from which the client may fetch the blob itself.
pub async fn redirect(app: &App, blob: &ReadableBlob) -> Result<Option<String>> {
    Ok(app.store.presign(&blob.key).await?)
}

/// Lets the repository hold a blob that another one holds, if the caller may pull from there.
/// Without `from`, any repository will do from which the caller may pull. Whether it was done;
/// "no" says nothing about whether the blob exists.
pub async fn mount(
    app: &App,
    grant: &RepoGrant<Push>,
    digest: &Digest,
    from: Option<&RepositoryName>,
) -> Result<bool> {
    /// Holders looked at, so that a layer that everybody has costs no more than another.
    const HOLDERS: i64 = 100;
    let found = if let Some(source) = from {
        let Some(repository) = mountable(app, &grant.caller, source).await? else { return Ok(false) };
        let mut conn = app.db.read().await?;
        minato_db::blob::get(&mut conn, repository, digest).await?
    } else {
        let user = match &grant.caller {
            Caller::Direct(principal) => principal.user_id(),
            Caller::Token(_) => Principal::Anonymous.user_id(),
        };
        let mut conn = app.db.read().await?;
        let holders = minato_db::blob::list_holders(&mut conn, digest, user, HOLDERS).await?;
        holders.into_iter().find(|holder| may_pull(&grant.caller, holder)).map(|holder| holder.blob)
    };
    let Some(blob) = found else { return Ok(false) };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let repository = minato_db::repository::ensure(&mut tx, grant.project, &grant.name, false, now).await?;
    let hold = Hold { by: &grant.caller.push(), until: now.plus(app.startup.gc.hold) };
    match minato_db::blob::link(&mut tx, repository, blob.id, now, hold).await {
        Ok(()) => {}
        // Its last repository let go of it since we looked; the client uploads it.
        Err(minato_db::Error::Referenced) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(true)
}

/// The repository to mount from, if the caller may pull from it.
///
/// A token that was not asked for the source is refused with the scopes to ask for; one that was
/// asked and got nothing means no, and the client uploads.
async fn mountable(app: &App, caller: &Caller, source: &RepositoryName) -> Result<Option<RepositoryId>> {
    for caller in [caller, &Caller::Direct(Principal::Anonymous)] {
        match authz::repository::<Pull>(app, caller, source).await {
            Ok(source) => return Ok(source.repository),
            Err(Error::Denied { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    match caller {
        Caller::Token(claims) if !claims.mentions(source) => Err(Error::Denied { authenticated: true }),
        Caller::Token(_) | Caller::Direct(_) => Ok(None),
    }
}

fn may_pull(caller: &Caller, holder: &minato_db::blob::Holder) -> bool {
    let Ok(name) = holder.repository.parse::<RepositoryName>() else { return false };
    authz::caller_holds(caller, &name, &holder.standing, Resource::Repository, Action::Pull)
        || authz::principal_holds(&Principal::Anonymous, &holder.standing, Resource::Repository, Action::Pull)
}

/// Takes a blob from the repository; refused while a manifest there needs it. The bytes stay
/// until nobody holds them.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>, digest: &Digest) -> Result<()> {
    let repository = grant.existing()?;
    let mut tx = app.db.begin().await?;
    let blob = minato_db::blob::get(&mut tx, repository, digest).await?.ok_or(Error::NotFound(Noun::Blob))?;
    match minato_db::blob::unlink(&mut tx, repository, blob.id).await {
        Ok(true) => {
            let review_at = app.clock.now().plus(app.startup.gc.delay);
            minato_db::garbage::review_blobs(&mut tx, [blob.id], review_at).await?;
        }
        Ok(false) => return Err(Error::NotFound(Noun::Blob)),
        Err(minato_db::Error::Referenced) => {
            return Err(Error::InUse(
                "a manifest in this repository needs the blob; delete that manifest first",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    app.cache.repository_changed(repository);
    Ok(())
}
