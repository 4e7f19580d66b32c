//! Taking artifacts away: with their tags, with the accessories that are nothing without them, with
//! what they alone used of the quota, and with what scanners found in them.

use std::collections::BTreeSet;

use minato_db::Tx;
use minato_types::artifact::Artifact;
use minato_types::clock::Timestamp;
use minato_types::deletion::DeletionKind;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId, ProjectId, RepositoryId};

use crate::job::JobKind;
use crate::{App, Error, Noun, Result, deletion, immutable};

/// What becomes of the manifests that a removed index listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Children {
    /// They stay, as the registry protocol deletes one manifest at a time.
    Stay,
    /// Those without a tag that no other index lists go as well, as in Harbor.
    Go,
    /// As that, but only those that were pushed last before: others may be on their way into an index.
    GoOlder(Timestamp),
}

/// Removes an artifact and the accessories that go with it, for whom `by` names; refused while an
/// index lists it, or while it has a tag that must not go. How many went. It can be undone for a
/// while; garbage collection looks in time at what they needed.
pub(crate) async fn artifact(
    tx: &mut Tx,
    app: &App,
    (project, repository): (ProjectId, RepositoryId),
    digest: &Digest,
    (children, by): (Children, &str),
) -> Result<usize> {
    let review_at = app.clock.now().plus(app.startup.gc.delay);
    minato_db::repository::lock(tx, repository).await?;
    let found = minato_db::artifact::get_detail(tx, repository, digest).await?;
    let first = found.ok_or(Error::NotFound(Noun::Manifest))?;
    let (place, what) =
        ((project, first.repository_name.as_str()), (DeletionKind::Artifact, digest.as_str()));
    let kept = deletion::open_in(tx, app, place, what, by).await?;
    let mut waiting = vec![first];
    let mut blobs = BTreeSet::new();
    let mut removed = 0;
    let mut seen = BTreeSet::new();
    while let Some(artifact) = waiting.pop() {
        waiting.extend(minato_db::artifact::list_accessories(tx, repository, &artifact.digest, true).await?);
        blobs.extend(minato_db::artifact::list_blobs(tx, artifact.id).await?);
        // What an index lists may belong to it as well.
        if !seen.insert(artifact.id) {
            continue;
        }
        if let Some(id) = kept {
            minato_db::deletion::keep(tx, id, repository, &[artifact.id]).await?;
        }
        let listed = one(tx, project, &artifact, app.clock.now()).await?;
        removed += 1;
        let before = match children {
            Children::Stay => continue,
            Children::Go => Timestamp::from_micros(i64::MAX),
            Children::GoOlder(before) => before,
        };
        if !listed.is_empty() {
            let loose = minato_db::artifact::list_loose(tx, &listed, before, false).await?;
            waiting.extend(minato_db::artifact::list_by_ids(tx, repository, &loose).await?);
        }
    }
    // Of all of them at once, in the order of their ids: other repositories of the project may lose
    // the same blobs at this moment.
    let blobs: Vec<BlobId> = blobs.into_iter().collect();
    let bytes = minato_db::quota::drop_blobs(tx, project, &blobs).await?;
    deletion::account_in(tx, project, kept, bytes).await?;
    minato_db::garbage::release_links(tx, repository, &blobs, review_at).await?;
    Ok(removed)
}

/// Removes one artifact; what it listed.
async fn one(
    tx: &mut Tx,
    project: ProjectId,
    artifact: &Artifact,
    now: Timestamp,
) -> Result<Vec<ArtifactId>> {
    immutable::check_artifact_in(tx, project, artifact).await?;
    let children = minato_db::artifact::children(tx, &[artifact.id]).await?;
    match minato_db::artifact::delete(tx, artifact.repository, artifact.id).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound(Noun::Manifest)),
        Err(minato_db::Error::Referenced) => {
            return Err(Error::InUse(
                "an index in this repository lists the manifest; delete that index first",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    minato_db::scan::forget(tx, JobKind::ImageScan.as_str(), artifact.id, &artifact.digest).await?;
    let children: Vec<_> = children.into_iter().map(|child| child.child).collect();
    minato_db::artifact::refresh_standing(tx, &children, None, now).await?;
    Ok(children)
}
