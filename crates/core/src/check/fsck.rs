//! Compares database and store in both directions, and manifests with their digests.
//!
//! Keys of the store and rows by storage key are read side by side, a page of each at a time. What
//! only one of them has is looked at once more, in the order in which bytes and rows come and go:
//! see `docs/fsck.md`.

use std::time::Duration;

use minato_db::check::{self, Checked, Manifest};
use minato_db::quarantine::{self, NewAside};
use minato_db::task::Claimed;
use minato_queue::Cx;
use minato_store::hasher::Hasher;
use minato_store::{Stale, StorageKey, Stored};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, UploadId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::desk::{Desk, Done, store_error};
use super::report::{Finding, Place, What};
use crate::job::JobKind;
use crate::{App, Error, Result, upload};

/// Younger bytes without a row may be named by a push any moment; a row follows its bytes within
/// seconds, and the store may have another clock.
const AGE: Duration = Duration::from_hours(1);

/// How long an orphan stays set aside: time to see that the wrong backup was restored.
const GRACE: Duration = Duration::from_hours(7 * 24);

/// Keys and rows of a page.
const PAGE: usize = 1000;

/// Bytes of manifests that are in memory at once.
const MANIFEST_BYTES: i64 = 8 << 20;

/// What to do.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Repairs what can be repaired; otherwise nothing is changed.
    pub(crate) repair: bool,
}

/// Runs the job. Begun again after its worker was lost it goes on where that was.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: Parameters,
    cx: &Cx,
) -> Done<Map<String, Value>> {
    let mut desk = Desk::new(app, task, cx, parameters.repair);
    let mut conn = app.db.read().await?;
    let (blobs, artifacts) = check::count_about(&mut conn).await?;
    drop(conn);
    desk.total = u64::try_from(blobs + artifacts).unwrap_or_default();
    loop {
        let next = match desk.report.place.clone() {
            Place::Blobs { after } => compare(&mut desk, after).await?,
            Place::Manifests { after } => check_manifests(&mut desk, ArtifactId(after)).await?,
            Place::Uploads => break,
        };
        desk.report.place = next;
        desk.checkpoint(desk.report.blobs + desk.report.manifests).await?;
    }
    check_uploads(&mut desk).await?;
    desk.note_end(JobKind::Fsck).await?;
    desk.end();
    Ok(Map::new())
}

/// Compares a page.
async fn compare(desk: &mut Desk<'_>, after: String) -> Done<Place> {
    let behind = (!after.is_empty()).then(|| StorageKey(after.clone()));
    // The store first: what is sealed and named in between is only a row, which is looked at again.
    let listing = desk.app.store.list(behind.as_ref(), PAGE).await.map_err(store_error)?;
    let mut conn = desk.app.db.read().await?;
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let rows = check::list_by_key(&mut conn, &after, limit).await?;
    drop(conn);
    let rows_end = (rows.len() == PAGE).then(|| rows.last().map(|row| row.storage_key.clone())).flatten();
    // As far as both pages go.
    let end = [listing.next.map(|key| key.0), rows_end].into_iter().flatten().min();
    let is_here = |key: &str| end.as_deref().is_none_or(|end| key <= end);
    let stored: Vec<Stored> = listing.found.into_iter().filter(|found| is_here(&found.key.0)).collect();
    let rows: Vec<Checked> = rows.into_iter().filter(|row| is_here(&row.storage_key)).collect();
    let (only_stored, pairs) = merge(stored, &rows);
    look_at_orphans(desk, only_stored).await?;
    for (row, size) in rows.iter().zip(pairs) {
        look_at_blob(desk, row, size).await?;
    }
    desk.report.blobs += rows.len() as u64;
    Ok(end.map_or(Place::Manifests { after: 0 }, |after| Place::Blobs { after }))
}

/// What only the store has; and for each row how many bytes the store has of it. Both are in order.
fn merge(stored: Vec<Stored>, rows: &[Checked]) -> (Vec<Stored>, Vec<Option<u64>>) {
    let (mut orphans, mut sizes) = (Vec::new(), Vec::with_capacity(rows.len()));
    let mut stored = stored.into_iter().peekable();
    let mut last = None;
    for row in rows {
        let key = row.storage_key.as_str();
        while let Some(orphan) = stored.next_if(|found| found.key.0.as_str() < key) {
            orphans.push(orphan);
        }
        // Should two rows name the same bytes, both have them.
        if let Some(found) = stored.next_if(|found| found.key.0 == key) {
            last = Some(found);
        }
        sizes.push(last.as_ref().filter(|found| found.key.0 == key).map(|found| found.size));
    }
    orphans.extend(stored);
    (orphans, sizes)
}

/// Looks once more at bytes that no row of the page names.
async fn look_at_orphans(desk: &mut Desk<'_>, mut found: Vec<Stored>) -> Done<()> {
    let app = desk.app;
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    retain_unknown(&mut conn, &mut found).await?;
    drop(conn);
    let before = found.len();
    found.retain(|orphan| orphan.modified <= now.minus(AGE));
    desk.report.young += (before - found.len()) as u64;
    // After the rows: what garbage collection was deleting is gone from both by now.
    let mut there = Vec::with_capacity(found.len());
    for orphan in found {
        if app.store.stat(&orphan.key).await.map_err(store_error)?.is_some() {
            there.push(orphan);
        }
    }
    if desk.repair && !there.is_empty() {
        let mut tx = app.db.begin().await?;
        retain_unknown(&mut tx, &mut there).await?;
        for orphan in &there {
            let digest = orphan.key.digest().map(|digest| digest.to_string()).unwrap_or_default();
            let aside = NewAside {
                storage_key: &orphan.key.0,
                digest: &digest,
                size: orphan.size,
                reason: What::Orphan.as_str(),
                due_at: Some(now.plus(GRACE)),
            };
            quarantine::insert(&mut tx, &aside, now).await?;
        }
        tx.commit().await?;
    }
    for Stored { key, size, .. } in there {
        let digest = key.digest().map(|digest| digest.to_string()).unwrap_or_default();
        let (what, needed_by) = (What::Orphan, Vec::new());
        desk.found(Finding { what, digest, key: key.0, size, needed_by, repaired: desk.repair });
    }
    Ok(())
}

/// Keeps those that no row names, that of an upload session included.
async fn retain_unknown(conn: &mut minato_db::Conn, found: &mut Vec<Stored>) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    // Sessions first: a push ends one in the transaction that makes the blob's row.
    let sessions = found.iter().filter_map(|stored| stored.key.session());
    let sessions = minato_db::upload::list_known(conn, sessions).await?;
    let keys: Vec<&str> = found.iter().map(|stored| stored.key.0.as_str()).collect();
    let known = check::list_known(conn, &keys).await?;
    found.retain(|stored| {
        let is_open = stored.key.session().is_some_and(|id| sessions.contains(&id));
        !is_open && !known.contains(&stored.key.0)
    });
    Ok(())
}

/// Compares a row with what the store has of it.
async fn look_at_blob(desk: &mut Desk<'_>, row: &Checked, listed: Option<u64>) -> Done<()> {
    let size = match listed {
        Some(size) if size == row.size => Some(size),
        // It may have been sealed since the store was listed. Bytes go after their row: if they are
        // not there now and the row is, later, they are missing.
        _ => desk.app.store.stat(&StorageKey(row.storage_key.clone())).await.map_err(store_error)?,
    };
    match (size, row.damage.as_deref()) {
        (None, _) => desk.damaged(row, What::Missing, row.size).await?,
        (Some(size), _) if size != row.size => desk.damaged(row, What::Size, size).await?,
        // Only reading them again tells whether they are right by now.
        (Some(size), Some("content")) => desk.damaged(row, What::Content, size).await?,
        (Some(_), Some(_)) => desk.recovered(row).await?,
        (Some(_), None) => {}
    }
    Ok(())
}

async fn check_manifests(desk: &mut Desk<'_>, after: ArtifactId) -> Result<Place> {
    let mut conn = desk.app.db.read().await?;
    let manifests = check::list_manifests(&mut conn, after, MANIFEST_BYTES).await?;
    drop(conn);
    let Some(last) = manifests.last() else { return Ok(Place::Uploads) };
    let next = Place::Manifests { after: last.id.0 };
    desk.report.manifests += manifests.len() as u64;
    let wrong = tokio::task::spawn_blocking(|| {
        manifests.into_iter().filter(|manifest| !is_right(manifest)).collect::<Vec<_>>()
    });
    for Manifest { repository, digest, bytes, .. } in wrong.await.map_err(Error::internal)? {
        let needed_by = vec![repository];
        let (what, size, key) = (What::Manifest, bytes.len() as u64, String::new());
        desk.found(Finding { what, digest, key, size, needed_by, repaired: false });
    }
    Ok(next)
}

fn is_right(manifest: &Manifest) -> bool {
    let Ok(digest) = manifest.digest.parse::<Digest>() else { return false };
    let mut hasher = Hasher::new(digest.algorithm());
    hasher.update(&manifest.bytes);
    hasher.finish() == digest
}

/// Finds what should have been swept long ago.
async fn check_uploads(desk: &mut Desk<'_>) -> Done<()> {
    let app = desk.app;
    let late = app.clock.now().minus(AGE);
    let upload = |name: String, repaired| Finding {
        what: What::Upload,
        digest: String::new(),
        key: name,
        size: 0,
        needed_by: Vec::new(),
        repaired,
    };
    for id in list_late(desk, late).await? {
        desk.found(upload(format!("session {id}, whose time is over"), desk.repair));
    }
    let before = late.minus(app.startup.upload_lifetime);
    for stale in upload::list_forgotten(app, before).await? {
        let name = match &stale {
            Stale::Session(id) => format!("session {id}, which no row knows"),
            Stale::Parts { target, .. } => format!("parts of {}, which no session knows", target.0),
            Stale::Rest(name) => name.clone(),
        };
        if !desk.repair || app.store.remove_stale(&stale, before).await.map_err(store_error)? {
            desk.found(upload(name, desk.repair));
        }
        desk.cx.checkpoint().await?;
    }
    Ok(())
}

/// Sessions whose time was over at `late`; with repair they are dropped.
async fn list_late(desk: &Desk<'_>, late: Timestamp) -> Result<Vec<UploadId>> {
    /// More are not counted in one go, nor told.
    const MOST: i64 = 100_000;
    let all = upload::list_expired(desk.app, late, MOST).await?;
    if desk.repair {
        for id in &all {
            upload::remove(desk.app, id).await?;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use minato_types::id::BlobId;

    use super::*;

    fn stored(key: &str, size: u64) -> Stored {
        Stored { key: StorageKey(key.to_owned()), size, modified: Timestamp::from_micros(0) }
    }

    fn row(key: &str) -> Checked {
        let digest = format!("sha256:{}", "ab".repeat(32)).parse().unwrap();
        Checked { id: BlobId(1), digest, size: 1, storage_key: key.to_owned(), damage: None }
    }

    #[test]
    fn pages_are_merged() {
        let check = |keys: &[&str], rows: &[&str], orphans: &[&str], sizes: &[Option<u64>]| {
            let stored = keys.iter().enumerate().map(|(size, key)| stored(key, size as u64)).collect();
            let rows: Vec<_> = rows.iter().map(|key| row(key)).collect();
            let (found, of_rows) = merge(stored, &rows);
            let found: Vec<_> = found.iter().map(|orphan| orphan.key.0.as_str()).collect();
            assert_eq!((found.as_slice(), of_rows.as_slice()), (orphans, sizes));
        };
        check(&[], &[], &[], &[]);
        check(&["a", "b"], &["a", "b"], &[], &[Some(0), Some(1)]);
        check(&["a", "b", "c", "d"], &["b", "d"], &["a", "c"], &[Some(1), Some(3)]);
        check(&["a"], &["a", "b", "c"], &[], &[Some(0), None, None]);
        check(&["b"], &["a", "c"], &["b"], &[None, None]);
        check(&["a", "z"], &["a", "a"], &["z"], &[Some(0), Some(0)]);
    }

    #[test]
    fn manifests_are_hashed() {
        let manifest = |bytes: &[u8], digest: &str| Manifest {
            id: ArtifactId(1),
            repository: String::new(),
            digest: digest.to_owned(),
            bytes: bytes.to_vec(),
        };
        let right = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(is_right(&manifest(b"abc", right)));
        assert!(!is_right(&manifest(b"abd", right)));
        assert!(!is_right(&manifest(b"abc", "sha256:nonsense")));
    }
}
