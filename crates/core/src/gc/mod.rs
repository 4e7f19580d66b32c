//! Garbage collection: takes away what nobody can reach, all the time, beside everything else.
//!
//! What may be garbage is known from what was changed, never looked for in the store. How pushes,
//! mounts, deletions and this go together is written in `docs/garbage-collection.md`.

pub(crate) mod job;
mod lines;
mod plan;

use std::collections::BTreeMap;

use minato_db::garbage::{self, Garbage, Total};
use minato_db::quarantine;
use minato_store::StorageKey;
use minato_types::clock::Timestamp;
use minato_types::deletion::Deletion;
use minato_types::digest::Digest;
use tokio_util::sync::CancellationToken;

use crate::authz::{SystemGcCreate, SystemGcRead, SystemGcUpdate, SystemGrant, SystemPermission};
use crate::job::JobKind;
use crate::job::schedule::{self, Wish};
use crate::pace::Pace;
use crate::{App, Error, Noun, Result, deletion};

pub use job::Parameters;

/// How many links, blobs or files are looked at in one transaction: few, as others wait meanwhile.
const BATCH: i64 = 50;

/// How long whoever deletes bytes has for a batch before others try as well.
const TAKEN: std::time::Duration = std::time::Duration::from_mins(5);

/// A permission to collect garbage, now or later.
pub trait Collect: SystemPermission {}

impl Collect for SystemGcCreate {}
impl Collect for SystemGcUpdate {}

/// Collects garbage now, or whenever a schedule says, or no more by itself; the id of the run that
/// begins.
pub async fn schedule<P: Collect>(
    app: &App,
    _: &SystemGrant<P>,
    wish: &Wish,
    parameters: Parameters,
) -> Result<Option<i64>> {
    schedule::apply(app, JobKind::GarbageCollection, wish, &parameters.checked()?).await
}

/// Takes away all that is due, unless asked to stop, and logs what went.
pub(crate) async fn collect(app: &App, stop: &CancellationToken) -> Result<()> {
    // What fails here must not keep all else from being collected.
    if let Err(error) = deletion::expire(app, stop).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "deletions whose time is over stay");
    }
    let mut gone = Total::default();
    let outcome = take_away(app, stop, &mut gone).await;
    if gone.blobs > 0 {
        tracing::info!(blobs = gone.blobs, bytes = gone.bytes, "collected garbage");
    }
    outcome
}

async fn take_away(app: &App, stop: &CancellationToken, gone: &mut Total) -> Result<()> {
    let mut pace = Pace::new(stop);
    while pace.next().await && review_links(app).await? {}
    while pace.next().await && collect_blobs(app).await? {}
    while pace.next().await && release(app).await? {}
    while pace.next().await {
        let Some(swept) = sweep(app).await? else { break };
        for digest in &swept.digests {
            tracing::debug!(blob.digest = digest, "deleted garbage");
        }
        gone.blobs += swept.gone.blobs;
        gone.bytes += swept.gone.bytes;
    }
    Ok(())
}

/// Drops links that no manifest needs; whether there may be more.
async fn review_links(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let due = garbage::list_due_links(&mut conn, now, BATCH).await?;
    drop(conn);
    if due.is_empty() {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let Some(repositories) = garbage::review_links(&mut tx, &due, now).await? else { return Ok(false) };
    tx.commit().await?;
    for repository in repositories {
        app.cache.repository_changed(repository);
    }
    Ok(true)
}

/// Turns blobs that no repository holds into garbage; whether there may be more.
async fn collect_blobs(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let due = garbage::list_due_blobs(&mut conn, now, BATCH).await?;
    drop(conn);
    if due.is_empty() {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let done = garbage::collect_blobs(&mut tx, &due, now).await?;
    tx.commit().await?;
    Ok(done > 0)
}

/// Turns bytes that a check has set aside into garbage when their time is over; whether there may be
/// more.
async fn release(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let is_due = quarantine::is_due(&mut conn, now).await?;
    drop(conn);
    if !is_due {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let released = quarantine::release(&mut tx, now, BATCH).await?;
    tx.commit().await?;
    Ok(released > 0)
}

/// What a batch took away.
struct Swept {
    gone: Total,
    digests: Vec<String>,
}

/// Deletes bytes; what went, `None` when there are none left.
///
/// The rows go after the bytes: whoever is lost in between leaves them to the next, and deleting
/// what is gone is no error.
async fn sweep(app: &App) -> Result<Option<Swept>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let taken = garbage::take(&mut tx, now, now.plus(TAKEN), BATCH).await?;
    if taken.is_empty() {
        return Ok(None);
    }
    tx.commit().await?;
    let (deleted, failure) = delete(app, taken).await;
    let mut tx = app.db.begin().await?;
    let gone = garbage::forget(&mut tx, &deleted).await?;
    tx.commit().await?;
    let digests = deleted.into_iter().map(|garbage| garbage.digest).collect();
    failure.map_or(Ok(Some(Swept { gone, digests })), Err)
}

/// Deletes a batch at once; where that fails one by one, so that what can't be deleted keeps nothing
/// else. Those whose bytes are gone, and what went wrong.
async fn delete(app: &App, taken: Vec<Garbage>) -> (Vec<Garbage>, Option<Error>) {
    let key = |garbage: &Garbage| StorageKey(garbage.storage_key.clone());
    let keys: Vec<_> = taken.iter().map(key).collect();
    let Err(first) = app.store.delete(&keys).await else { return (taken, None) };
    if matches!(first, minato_store::Error::Unavailable(_)) {
        return (Vec::new(), Some(first.into()));
    }
    let (mut deleted, mut failure) = (Vec::new(), None);
    for garbage in taken {
        match app.store.delete(&[key(&garbage)]).await {
            Ok(()) => deleted.push(garbage),
            Err(error) => failure = Some(error.into()),
        }
    }
    (deleted, failure)
}

/// Why the bytes of a blob are there.
pub struct Reasons {
    /// The repositories that hold it.
    pub holders: Vec<Holder>,
    /// Deletions that can be undone and need it then.
    pub deletions: Vec<Deletion>,
    /// Whether bytes with this digest wait to be deleted.
    pub is_garbage: bool,
    /// What a check found wrong with its bytes: `missing`, `size` or `content`.
    pub damage: Option<String>,
}

/// A repository that holds a blob.
pub struct Holder {
    /// Its full name.
    pub repository: String,
    /// Digests of the manifests there that need the blob.
    pub artifacts: Vec<String>,
    /// Until when it is kept though no manifest needed it.
    pub held_until: Option<Timestamp>,
}

/// Tells why a blob is kept; most of what holds it, if that is much.
pub async fn reasons(app: &App, _: &SystemGrant<SystemGcRead>, digest: &Digest) -> Result<Reasons> {
    /// Manifests that are named.
    const MOST: i64 = 1000;
    let mut conn = app.db.read().await?;
    let found = garbage::list_reasons(&mut conn, digest, MOST).await?;
    let is_garbage = garbage::count_binned(&mut conn, digest).await? > 0;
    let damage = minato_db::check::get_damage_of(&mut conn, digest).await?;
    let deletions = minato_db::deletion::list_of_blob(&mut conn, digest, MOST).await?;
    if found.is_empty() && deletions.is_empty() && !is_garbage {
        return Err(Error::NotFound(Noun::Blob));
    }
    let mut holders: BTreeMap<String, Holder> = BTreeMap::new();
    for reason in found {
        let holder = holders.entry(reason.repository.clone()).or_insert_with(|| Holder {
            repository: reason.repository,
            artifacts: Vec::new(),
            held_until: reason.review_at,
        });
        holder.artifacts.extend(reason.artifact);
    }
    Ok(Reasons { holders: holders.into_values().collect(), deletions, is_garbage, damage })
}
