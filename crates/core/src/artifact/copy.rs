//! Copying artifacts: with what they list and what belongs to them, without moving a byte.

use std::collections::{BTreeSet, HashMap, HashSet};

use minato_db::Tx;
use minato_types::artifact::Artifact;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::reference::{Reference, Tag};

use super::resolve;
use crate::audit::{self, Event, EventType};
use crate::authz::{ArtifactCreate, ArtifactRead, RepoGrant};
use crate::{App, Error, Result, quota, scan, tag};

/// Most artifacts that one copy takes along.
const MAX_ARTIFACTS: usize = 20_000;

/// An artifact that is copied.
struct Part {
    id: ArtifactId,
    digest: Digest,
    /// Whether its tags go along: not those of what an index lists, as in Harbor.
    with_tags: bool,
}

/// Copies an artifact into another repository, with its tags, children and accessories. Refused when
/// it is there already, and for what is nothing without its subject.
pub async fn copy(
    app: &App,
    to: &RepoGrant<ArtifactCreate>,
    (from, reference): (&RepoGrant<ArtifactRead>, &Reference),
) -> Result<()> {
    let event = Event::new(EventType::CreateArtifact, format!("{}:{reference}", to.name)).within(to.project);
    audit::of(app, to.caller.name(), event, async {
        let source = from.existing()?;
        let now = app.clock.now();
        let enforced = quota::is_enforced(app).await?;
        let mut tx = app.db.begin().await?;
        // In one order always, for who copies the other way. A repository that is yet to be made
        // gets the greatest id.
        let both: BTreeSet<_> = [Some(source), to.repository].into_iter().flatten().collect();
        for repository in both {
            minato_db::repository::lock_shared(&mut tx, repository).await?;
        }
        let root = resolve(&mut tx, source, reference).await?;
        if root.accessory.as_ref().is_some_and(|accessory| accessory.kind.is_hard()) {
            let why = "an accessory can't be copied by itself; copy the artifact that it belongs to";
            return Err(Error::Refused(why.to_owned()));
        }
        let parts = whole(&mut tx, root).await?;
        let ids: Vec<ArtifactId> = parts.iter().map(|part| part.id).collect();
        let target = minato_db::repository::ensure(&mut tx, to.project, &to.name, true, now).await?;
        refuse_present(&mut tx, to, target, &parts).await?;
        let blobs = minato_db::artifact::list_blobs_of(&mut tx, &ids).await?;
        let bytes = minato_db::quota::add_blobs(&mut tx, to.project, &blobs).await?;
        quota::charge_in(&mut tx, to.project, &to.name, bytes, enforced).await?;
        minato_db::artifact::link_blobs(&mut tx, target, &blobs, now).await?;
        match minato_db::artifact::copy(&mut tx, source, &ids, (to.project, target), now).await {
            Err(minato_db::Error::Referenced) => {
                let why = "what the artifact needs is damaged, or was deleted while it was copied; try again, or push it again";
                return Err(Error::Conflict(why.to_owned()));
            }
            outcome => outcome?,
        }
        copy_tags(app, &mut tx, to, target, &parts).await?;
        if to.standing.auto_scan {
            let root = parts.iter().take(1).map(|part| &part.digest);
            for copy in minato_db::artifact::list_present(&mut tx, target, root).await? {
                scan::pushed_in(&mut tx, to, target, (copy.id, &[]), now).await?;
            }
        }
        tx.commit().await?;
        app.cache.repository_changed(target);
        app.pulls.note_push(to.project, target, now);
        Ok(())
    })
    .await
}

/// An artifact with all that it lists and all that belongs to any of it; itself first.
async fn whole(tx: &mut Tx, root: Artifact) -> Result<Vec<Part>> {
    let mut seen = HashSet::from([root.id]);
    let mut level = vec![root.id];
    let mut parts = vec![Part { id: root.id, digest: root.digest, with_tags: true }];
    while !level.is_empty() {
        let children = minato_db::artifact::children(tx, &level).await?;
        let accessories = minato_db::artifact::list_accessories_of(tx, &level).await?;
        let children = children.into_iter().map(|child| Part {
            id: child.child,
            digest: child.digest,
            with_tags: false,
        });
        let accessories = accessories.into_iter().map(|accessory| Part {
            id: accessory.id,
            digest: accessory.digest,
            with_tags: true,
        });
        let new: Vec<Part> = accessories.chain(children).filter(|part| seen.insert(part.id)).collect();
        level = new.iter().map(|part| part.id).collect();
        parts.extend(new);
        if parts.len() > MAX_ARTIFACTS {
            return Err(Error::Precondition(format!(
                "the artifact has more than {MAX_ARTIFACTS} children and accessories; copy the children by themselves"
            )));
        }
    }
    Ok(parts)
}

/// Refuses when the target has the artifact itself; of its parts it may have any.
async fn refuse_present(
    tx: &mut Tx,
    to: &RepoGrant<ArtifactCreate>,
    target: RepositoryId,
    parts: &[Part],
) -> Result<()> {
    let root = parts.iter().take(1).map(|part| &part.digest);
    match minato_db::artifact::list_present(tx, target, root).await?.first() {
        Some(known) => {
            Err(Error::Conflict(format!("the artifact {}@{} already exists", to.name, known.digest)))
        }
        None => Ok(()),
    }
}

/// Gives the copies the tags of their originals; tags of the target move, unless a rule holds them.
async fn copy_tags(
    app: &App,
    tx: &mut Tx,
    to: &RepoGrant<ArtifactCreate>,
    target: RepositoryId,
    parts: &[Part],
) -> Result<()> {
    let copies = minato_db::artifact::list_present(tx, target, parts.iter().map(|part| &part.digest)).await?;
    let copies: HashMap<Digest, ArtifactId> =
        copies.into_iter().map(|artifact| (artifact.digest, artifact.id)).collect();
    let tagged: HashMap<ArtifactId, ArtifactId> = parts
        .iter()
        .filter(|part| part.with_tags)
        .filter_map(|part| Some((part.id, *copies.get(&part.digest)?)))
        .collect();
    let originals: Vec<ArtifactId> = tagged.keys().copied().collect();
    let mut tags: Vec<(ArtifactId, Tag)> = Vec::new();
    for tag in minato_db::tag::list_of(tx, &originals).await? {
        if let Some(copy) = tagged.get(&tag.artifact) {
            tags.push((*copy, tag.name.parse().map_err(Error::internal)?));
        }
    }
    tags.sort_by(|(_, one), (_, other)| one.cmp(other));
    tags.dedup_by(|(_, one), (_, other)| one == other);
    let now = app.clock.now();
    let before = tag::point_in(tx, (to.project, &to.name), target, &tags, now).await?;
    let mut changed: Vec<ArtifactId> = copies.into_values().collect();
    changed.extend(before);
    minato_db::artifact::refresh_standing(tx, &changed, None, now).await?;
    Ok(())
}
