//! Manifests as the registry protocol has them: pushing, serving, deleting.
//!
//! A push reads first what the manifest names, outside of any transaction, then stores all of
//! it in one. What the repository lost in between the database refuses (foreign keys), and the
//! push looks again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use minato_db::Tx;
use minato_db::artifact::NewArtifact;
use minato_db::blob::PresentBlob;
use minato_types::artifact::{Accessory, ChildDescription};
use minato_types::clock::Timestamp;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::{ArtifactId, BlobId, RepositoryId};
use minato_types::manifest::{Descriptor, Manifest};
use minato_types::reference::{Reference, Tag};
use sha2::{Sha256, Sha512};

use crate::artifact::remove::Children;
use crate::artifact::{accessory, kind, remove};
use crate::audit::{self, Event, EventType};
use crate::authz::{Pull, Push, RepoGrant, RepositoryDelete};
pub use crate::cache::ServedManifest;
use crate::webhook::tell::{self, Place};
use crate::{App, Error, Noun, Result, quota, scan, tag};

/// How often a push looks again when somebody changes the repository under it: many, as each time
/// another one got further.
const TRIES: usize = 20;

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

/// A manifest with all that is known of it before the transaction.
struct Prepared<'a> {
    digest: &'a Digest,
    manifest: &'a Manifest,
    bytes: &'a [u8],
    tags: &'a [Tag],
    accessory: Option<Accessory>,
    about: kind::About,
    named: Named,
}

/// What a manifest names, as the repository has it.
struct Named {
    /// Without repeats, by id.
    blobs: Vec<BlobId>,
    children: Vec<(ArtifactId, ChildDescription)>,
    /// All of it together, in bytes.
    size: u64,
    config: Option<PresentBlob>,
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
    let resource = new.reference.within(&grant.name);
    let event = Event::new(EventType::CreateArtifact, resource).within(grant.project);
    audit::of(app, grant.caller.name(), event, push(app, grant, new)).await
}

async fn push(app: &App, grant: &RepoGrant<Push>, new: NewManifest) -> Result<Pushed> {
    let manifest = Manifest::parse(new.content_type.as_deref(), &new.bytes)?;
    let digest = check_digest(&new.reference, &new.bytes)?;
    let mut tags = new.tags;
    if let Reference::Tag(tag) = new.reference {
        tags.push(tag);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let named = find_named(app, grant, &manifest).await?;
        let prepared = Prepared {
            digest: &digest,
            manifest: &manifest,
            bytes: &new.bytes,
            tags: &tags,
            accessory: accessory::of(&manifest, &tags),
            about: find_about(app, grant, &digest, &manifest, &named).await?,
            named,
        };
        match store(app, grant, &prepared).await {
            // Between our look and now somebody took a blob or a child from the repository, or made
            // a tag of that name.
            Err(StoreError::Lost) if tries < TRIES => {}
            Err(StoreError::Lost) => {
                let named = manifest.required_blobs().map(|blob| blob.digest.clone()).collect();
                return Err(Error::ManifestReferences(named));
            }
            Err(StoreError::Other(error)) => {
                tell::refused(app, grant, &error, (digest.as_str(), &tags)).await;
                return Err(error);
            }
            Ok(repository) => {
                app.cache.repository_changed(repository);
                app.pulls.note_push(grant.project, repository, app.clock.now());
                return Ok(Pushed { digest, subject: manifest.subject.map(|subject| subject.digest), tags });
            }
        }
    }
}

/// Deletes a manifest with all its tags; refused while an index lists it.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>, digest: &Digest) -> Result<()> {
    let resource = format!("{}@{digest}", grant.name);
    let event = Event::new(EventType::DeleteArtifact, resource).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let told = tell::is_told(app, grant).await?;
        let mut tx = app.db.begin().await?;
        let going = if told { Some(tell::going(&mut tx, repository, digest).await?) } else { None };
        let (place, how) = ((grant.project, repository), (Children::Stay, grant.caller.name()));
        remove::artifact(&mut tx, app, place, digest, how).await?;
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

/// Looks up what a manifest names; an error that lists what the repository does not hold.
async fn find_named(app: &App, grant: &RepoGrant<Push>, manifest: &Manifest) -> Result<Named> {
    let (mut blobs, mut children) = (HashMap::new(), HashMap::new());
    if let Some(repository) = grant.repository {
        let mut conn = app.db.read().await?;
        if manifest.blobs().next().is_some() {
            // Those that need not be here are kept as well if they are.
            let digests = manifest.blobs().map(|blob| &blob.digest);
            let found = minato_db::blob::list_present(&mut conn, repository, digests).await?;
            blobs.extend(found.into_iter().map(|blob| (blob.digest.clone(), blob)));
        }
        if !manifest.children.is_empty() {
            let digests = manifest.children.iter().map(|child| &child.digest);
            let found = minato_db::artifact::list_present(&mut conn, repository, digests).await?;
            children.extend(found.into_iter().map(|child| (child.digest.clone(), child)));
        }
    }
    check_all_present(manifest.required_blobs(), &blobs)?;
    check_all_present(manifest.children.iter(), &children)?;
    let size = blobs.values().map(|blob| blob.size).sum::<u64>()
        + children.values().map(|child| child.size).sum::<u64>();
    let mut described = HashMap::new();
    for child in &manifest.children {
        if let Some(present) = children.get(&child.digest) {
            described.entry(present.id).or_insert_with(|| describe(child));
        }
    }
    let config = manifest.config.as_ref().and_then(|config| blobs.get(&config.digest)).cloned();
    let mut blobs: Vec<BlobId> = blobs.into_values().map(|blob| blob.id).collect();
    blobs.sort_unstable();
    Ok(Named { blobs, children: described.into_iter().collect(), size, config })
}

/// What the manifest is. While the store is away, one that is there already can still get a tag.
async fn find_about(
    app: &App,
    grant: &RepoGrant<Push>,
    digest: &Digest,
    manifest: &Manifest,
    named: &Named,
) -> Result<kind::About> {
    let about = kind::about(app, manifest, named.config.as_ref()).await;
    if let (Err(Error::Unavailable(_)), Some(repository)) = (&about, grant.repository) {
        let mut conn = app.db.read().await?;
        if !minato_db::artifact::list_present(&mut conn, repository, [digest]).await?.is_empty() {
            return Ok(kind::About::default());
        }
    }
    about
}

fn describe(child: &Descriptor) -> ChildDescription {
    ChildDescription {
        platform: child.platform.clone(),
        annotations: child.annotations.clone(),
        urls: child.urls.clone(),
    }
}

fn check_all_present<'a, T>(
    named: impl Iterator<Item = &'a Descriptor>,
    found: &HashMap<Digest, T>,
) -> Result<()> {
    let mut missing: Vec<Digest> = named
        .map(|descriptor| &descriptor.digest)
        .filter(|digest| !found.contains_key(digest))
        .cloned()
        .collect();
    missing.dedup();
    if missing.is_empty() { Ok(()) } else { Err(Error::ManifestReferences(missing)) }
}

/// Why something was not stored.
pub(crate) enum StoreError {
    /// The repository is not as it was when this push looked.
    Lost,
    Other(Error),
}

impl From<minato_db::Error> for StoreError {
    fn from(error: minato_db::Error) -> Self {
        match error {
            minato_db::Error::Referenced | minato_db::Error::Conflict => Self::Lost,
            other => Self::Other(other.into()),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// One transaction: repository, quota, manifest with all that it names, tags.
async fn store(
    app: &App,
    grant: &RepoGrant<Push>,
    prepared: &Prepared<'_>,
) -> std::result::Result<RepositoryId, StoreError> {
    let now = app.clock.now();
    // Before the transaction: one that waits for a second connection may wait for its own kind. A
    // limit that was set this very second counts at once.
    let enforced = !grant.standing.limited || quota::is_enforced(app).await?;
    let told = tell::is_told(app, grant).await?;
    let mut tx = app.db.begin().await?;
    let repository = minato_db::repository::ensure(&mut tx, grant.project, &grant.name, true, now).await?;
    let added = charge(&mut tx, grant, prepared, enforced).await?;
    let (artifact, is_new) = insert(&mut tx, grant, repository, prepared, now).await?;
    if !prepared.named.blobs.is_empty() {
        let push = grant.caller.push();
        minato_db::blob::release(&mut tx, repository, &prepared.named.blobs, &push).await?;
    }
    let mut changed = point_tags(&mut tx, grant, repository, artifact, prepared, now).await?;
    if is_new {
        changed.extend(prepared.named.children.iter().map(|(child, _)| *child));
    } else {
        if let Some(accessory) = prepared.accessory.as_ref().filter(|_| !prepared.tags.is_empty()) {
            minato_db::artifact::update_accessory(&mut tx, artifact, accessory).await?;
        }
        changed.push(artifact);
    }
    let again = (!is_new).then_some(artifact);
    minato_db::artifact::refresh_standing(&mut tx, &changed, again, now).await?;
    if grant.standing.auto_scan {
        scan::pushed_in(&mut tx, grant, repository, (artifact, prepared.tags), now).await?;
    }
    if told {
        let pushed = (prepared.digest.as_str(), prepared.tags);
        tell::pushed_in(&mut tx, app, grant, repository, pushed, now).await?;
        if added > 0 && grant.standing.limited {
            tell::warned_in(&mut tx, app, grant, pushed, added).await?;
        }
    }
    tx.commit().await?;
    Ok(repository)
}

/// Counts the blobs that are new to the project; `enforced` says whether its limit counts. How many
/// bytes came.
async fn charge(
    tx: &mut Tx,
    grant: &RepoGrant<Push>,
    prepared: &Prepared<'_>,
    enforced: bool,
) -> std::result::Result<i64, StoreError> {
    if prepared.named.blobs.is_empty() {
        return Ok(0);
    }
    let bytes = minato_db::quota::add_blobs(tx, grant.project, &prepared.named.blobs).await?;
    quota::charge_in(tx, grant.project, &grant.name, bytes, enforced).await?;
    Ok(bytes)
}

/// Adds the manifest unless the repository has it already; whether it is new.
async fn insert(
    tx: &mut Tx,
    grant: &RepoGrant<Push>,
    repository: RepositoryId,
    prepared: &Prepared<'_>,
    now: Timestamp,
) -> std::result::Result<(ArtifactId, bool), StoreError> {
    let Prepared { digest, manifest, bytes, accessory, about, named, .. } = prepared;
    let new = NewArtifact {
        project: grant.project,
        repository,
        digest,
        manifest,
        bytes,
        accessory: accessory.as_ref(),
        kind: &about.kind,
        attributes: &about.attributes,
        icon: about.icon.as_ref().map(Digest::as_str),
        size: named.size + bytes.len() as u64,
        tagged: !prepared.tags.is_empty(),
    };
    let Some(artifact) = minato_db::artifact::insert(tx, &new, now).await? else {
        let known = minato_db::artifact::list_present(tx, repository, [*digest]).await?;
        let known = known.first().ok_or(Error::NotFound(Noun::Manifest))?;
        return Ok((known.id, false));
    };
    if !named.blobs.is_empty() {
        minato_db::artifact::insert_blobs(tx, grant.project, repository, artifact, &named.blobs).await?;
    }
    if !named.children.is_empty() {
        minato_db::artifact::insert_children(tx, artifact, &named.children).await?;
    }
    Ok((artifact, true))
}

/// Points the tags at the artifact; those that lost one.
async fn point_tags(
    tx: &mut Tx,
    grant: &RepoGrant<Push>,
    repository: RepositoryId,
    artifact: ArtifactId,
    prepared: &Prepared<'_>,
    now: Timestamp,
) -> std::result::Result<Vec<ArtifactId>, StoreError> {
    if prepared.tags.is_empty() {
        return Ok(Vec::new());
    }
    let tags: BTreeSet<&Tag> = prepared.tags.iter().collect();
    let tags: Vec<(ArtifactId, Tag)> = tags.into_iter().map(|tag| (artifact, tag.clone())).collect();
    let before = tag::point_in(tx, (grant.project, &grant.name), repository, &tags, now).await?;
    Ok(before.into_iter().filter(|target| *target != artifact).collect())
}
