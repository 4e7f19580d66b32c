//! Manifests: pushing, serving, deleting.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use bytes::Bytes;
use minato_db::Tx;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::manifest::{Descriptor, Manifest};
use minato_types::reference::{Reference, Tag};
use sha2::{Sha256, Sha512};

use crate::authz::{Pull, Push, RepoGrant, RepositoryDelete};
pub use crate::cache::ServedManifest;
use crate::{App, Error, Noun, Result};

/// What a push made.
#[derive(Debug)]
pub struct Pushed {
    /// Digest of the manifest.
    pub digest: Digest,
    /// The manifest that it is about.
    pub subject: Option<Digest>,
    /// The tags that point to it now.
    pub tags: Vec<Tag>,
}

/// A manifest on its way in.
#[derive(Debug)]
pub struct NewManifest {
    /// What stood behind `/manifests/`.
    pub reference: Reference,
    /// Further tags, given beside a digest (distribution-spec, end-7b).
    pub tags: Vec<Tag>,
    /// The request's `Content-Type`.
    pub content_type: Option<String>,
    /// The document, which is kept byte by byte.
    pub bytes: Bytes,
}

/// Finds a manifest by tag or digest.
pub async fn get(app: &App, grant: &RepoGrant<Pull>, reference: &Reference) -> Result<Arc<ServedManifest>> {
    let repository = grant.existing()?;
    if let Some(known) = app.cache.manifest(repository, reference) {
        return Ok(known);
    }
    let version = app.cache.version(repository);
    let mut conn = app.db.read().await?;
    let found = match reference {
        Reference::Tag(tag) => minato_db::artifact::get_by_tag(&mut conn, repository, tag).await?,
        Reference::Digest(digest) => {
            minato_db::artifact::get_by_digest(&mut conn, repository, digest).await?
        }
    };
    let stored = found.ok_or(Error::NotFound(Noun::Manifest))?;
    let served = Arc::new(ServedManifest {
        id: stored.id,
        digest: stored.digest,
        media_type: stored.media_type,
        bytes: stored.bytes.into(),
    });
    app.cache.put_manifest(repository, reference, version, &served);
    Ok(served)
}

/// Stores a manifest and points its tags at it.
pub async fn put(app: &App, grant: &RepoGrant<Push>, new: NewManifest) -> Result<Pushed> {
    let manifest = Manifest::parse(new.content_type.as_deref(), &new.bytes)?;
    let digest = check_digest(&new.reference, &new.bytes)?;
    let mut tags = new.tags;
    if let Reference::Tag(tag) = new.reference {
        tags.push(tag);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let repository = minato_db::repository::ensure(&mut tx, grant.project, &grant.name, true, now).await?;
    let artifact = store(app, &mut tx, repository, &digest, &manifest, &new.bytes).await?;
    if !tags.is_empty() {
        minato_db::tag::upsert(&mut tx, repository, artifact, &tags, now).await?;
    }
    tx.commit().await?;
    app.cache.repository_changed(repository);
    Ok(Pushed { digest, subject: manifest.subject.map(|subject| subject.digest), tags })
}

/// Deletes a manifest with all its tags; refused while an index lists it.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>, digest: &Digest) -> Result<()> {
    let repository = grant.existing()?;
    let mut tx = app.db.begin().await?;
    match minato_db::artifact::delete(&mut tx, repository, digest).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound(Noun::Manifest)),
        Err(minato_db::Error::Referenced) => {
            return Err(Error::InUse(
                "an index in this repository lists the manifest; delete that index first",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    app.cache.repository_changed(repository);
    Ok(())
}

/// The digest of `bytes`: the pushed one if it is right, else by SHA-256.
fn check_digest(reference: &Reference, bytes: &[u8]) -> Result<Digest> {
    let algorithm = match reference {
        Reference::Digest(digest) => digest.algorithm(),
        Reference::Tag(_) => Algorithm::Sha256,
    };
    let actual = digest_of(algorithm, bytes)?;
    match reference {
        Reference::Digest(expected) if *expected != actual => Err(Error::DigestMismatch { actual }),
        Reference::Digest(_) | Reference::Tag(_) => Ok(actual),
    }
}

fn digest_of(algorithm: Algorithm, bytes: &[u8]) -> Result<Digest> {
    use sha2::Digest as _;
    let digest = match algorithm {
        Algorithm::Sha256 => Digest::from_hash(algorithm, &Sha256::digest(bytes)),
        Algorithm::Sha512 => Digest::from_hash(algorithm, &Sha512::digest(bytes)),
    };
    digest.ok_or_else(|| Error::internal("a hash of the wrong length"))
}

/// Adds the manifest's rows unless the repository has it already.
async fn store(
    app: &App,
    tx: &mut Tx,
    repository: RepositoryId,
    digest: &Digest,
    manifest: &Manifest,
    bytes: &[u8],
) -> Result<ArtifactId> {
    let blobs = minato_db::blob::list_present(tx, repository, digests(manifest.required_blobs())).await?;
    let blobs = all_present(manifest.required_blobs(), blobs)?;
    let children = match manifest.children.as_slice() {
        [] => Vec::new(),
        listed => {
            let found = minato_db::artifact::list_present(tx, repository, digests(listed.iter())).await?;
            all_present(listed.iter(), found)?
        }
    };
    let now = app.clock.now();
    let inserted = minato_db::artifact::insert(tx, repository, digest, manifest, bytes, now).await?;
    let Some(artifact) = inserted else {
        let known = minato_db::artifact::list_present(tx, repository, [digest]).await?;
        return known.first().map(|(_, id)| *id).ok_or(Error::NotFound(Noun::Manifest));
    };
    if !blobs.is_empty() {
        match minato_db::artifact::insert_blobs(tx, repository, artifact, blobs).await {
            // Somebody took a blob from the repository between our look and now.
            Err(minato_db::Error::Referenced) => {
                let missing = manifest.required_blobs().map(|blob| blob.digest.clone()).collect();
                return Err(Error::ManifestReferences(missing));
            }
            outcome => outcome?,
        }
    }
    if !children.is_empty() {
        minato_db::artifact::insert_children(tx, artifact, children).await?;
    }
    Ok(artifact)
}

fn digests<'a>(descriptors: impl Iterator<Item = &'a Descriptor>) -> impl Iterator<Item = &'a Digest> {
    descriptors.map(|descriptor| &descriptor.digest)
}

/// The rows of all that is named, without repeats; an error that lists what is missing.
fn all_present<'a, Id: Copy + Eq + Hash>(
    named: impl Iterator<Item = &'a Descriptor>,
    found: Vec<(Digest, Id)>,
) -> Result<Vec<Id>> {
    let found: HashMap<Digest, Id> = found.into_iter().collect();
    let mut missing: Vec<Digest> =
        digests(named).filter(|digest| !found.contains_key(digest)).cloned().collect();
    missing.dedup();
    if missing.is_empty() {
        Ok(found.into_values().collect())
    } else {
        Err(Error::ManifestReferences(missing))
    }
}
