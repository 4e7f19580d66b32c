//! What garbage collection finds and takes away, in three steps: links of repositories to blobs
//! that no manifest needs, blobs that no repository holds, bytes that no blob names.
//!
//! Each step locks the rows that it looks at and skips those that others have: what a push is using
//! right now is no garbage, and nobody waits. Once a row is locked, all that was committed before
//! is seen by the statement that decides, and what comes after waits and finds the row gone.

pub mod plan;

use std::collections::HashSet;

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId, ProjectId, RepositoryId};

use crate::dialect::{
    Sql, execute, fetch_all, fetch_one, fetch_optional, json_ints, row, skipping_locked, with_list,
};
use crate::{Conn, Result, quarantine};

row! {
    struct LinkRow { repository_id: i64, blob_id: i64 }
}

row! {
    struct IdRow { id: i64 }
}

row! {
    struct GarbageRow { id: i64, storage_key: String, digest: String, size: i64 }
}

row! {
    struct TotalRow { blobs: i64, bytes: i64, manifests: i64 }
}

row! {
    struct UntaggedRow { id: i64, project_id: i64, repository_id: i64, digest: String, name: String, size: i64 }
}

row! {
    struct ReasonRow { repository: String, artifact: Option<String>, review_at: Option<i64> }
}

row! {
    struct NoteRow { id: i64, blob_id: i64 }
}

row! {
    struct BinnedRow { n: i64 }
}

/// A note that a blob may have lost its last repository.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// Row id.
    pub id: i64,
    /// The blob, which may be gone.
    pub blob: BlobId,
}

/// Bytes to be deleted.
pub struct Garbage {
    /// Row id.
    pub id: i64,
    /// Where the store keeps them.
    pub storage_key: String,
    /// Their digest.
    pub digest: String,
    /// How many they are.
    pub size: i64,
}

/// What was collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Blobs whose bytes are gone.
    pub blobs: i64,
    /// Their bytes.
    pub bytes: i64,
    /// Manifests without tags that were removed.
    pub manifests: i64,
}

/// An artifact without tags, which lists show: nothing else keeps it.
pub struct Untagged {
    /// Row id.
    pub id: ArtifactId,
    /// Its project.
    pub project: ProjectId,
    /// Its repository.
    pub repository: RepositoryId,
    /// That repository's full name.
    pub name: String,
    /// Its digest.
    pub digest: String,
    /// It and all that it names, in bytes.
    pub size: i64,
}

/// Why a blob is kept.
pub struct Reason {
    /// The repository that holds it.
    pub repository: String,
    /// Digest of a manifest there that needs it.
    pub artifact: Option<String>,
    /// When garbage collection looks whether one does.
    pub review_at: Option<Timestamp>,
}

/// The links due for a look, those due first first.
pub async fn list_due_links(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(RepositoryId, BlobId)>> {
    const SQL: &str = "SELECT repository_id, blob_id FROM repository_blob
         WHERE review_at <= $1 ORDER BY review_at LIMIT $2";
    let rows = fetch_all!(conn, LinkRow, SQL, now.as_micros(), limit)?;
    Ok(rows.into_iter().map(|row| (RepositoryId(row.repository_id), BlobId(row.blob_id))).collect())
}

/// Drops those of the links that are still due and that no manifest needs, and stops looking at the
/// others. The repositories that lost one, or `None` when somebody is using all of them: then they
/// are left for later.
pub async fn review_links(
    conn: &mut Conn,
    links: &[(RepositoryId, BlobId)],
    now: Timestamp,
) -> Result<Option<Vec<RepositoryId>>> {
    const LOCK: Sql = Sql {
        sqlite: "SELECT repository_id, blob_id FROM repository_blob WHERE review_at <= $2
            AND (repository_id, blob_id) IN
                (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($1))",
        postgres: "SELECT repository_id, blob_id FROM repository_blob WHERE review_at <= $2
            AND (repository_id, blob_id) IN
                (SELECT (e->>0)::bigint, (e->>1)::bigint FROM json_array_elements($1::json) AS e)
            FOR UPDATE SKIP LOCKED",
    };
    const DROP: Sql = Sql {
        sqlite: "DELETE FROM repository_blob WHERE (repository_id, blob_id) IN
                (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($1))
            AND NOT EXISTS (SELECT 1 FROM artifact_blob ab
                WHERE ab.repository_id = repository_blob.repository_id
                    AND ab.blob_id = repository_blob.blob_id)
            RETURNING repository_id, blob_id",
        postgres: "DELETE FROM repository_blob WHERE (repository_id, blob_id) IN
                (SELECT (e->>0)::bigint, (e->>1)::bigint FROM json_array_elements($1::json) AS e)
            AND NOT EXISTS (SELECT 1 FROM artifact_blob ab
                WHERE ab.repository_id = repository_blob.repository_id
                    AND ab.blob_id = repository_blob.blob_id)
            RETURNING repository_id, blob_id",
    };
    const KEEP: Sql = Sql {
        sqlite:
            "UPDATE repository_blob SET review_at = NULL, held_by = NULL WHERE (repository_id, blob_id) IN
                (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($1))",
        postgres:
            "UPDATE repository_blob SET review_at = NULL, held_by = NULL WHERE (repository_id, blob_id) IN
                (SELECT (e->>0)::bigint, (e->>1)::bigint FROM json_array_elements($1::json) AS e)",
    };
    let locked = fetch_all!(conn, LinkRow, LOCK, pairs(links), now.as_micros())?;
    if locked.is_empty() {
        return Ok(None);
    }
    let locked: Vec<_> =
        locked.iter().map(|row| (RepositoryId(row.repository_id), BlobId(row.blob_id))).collect();
    let locked = pairs(&locked);
    let dropped = fetch_all!(conn, LinkRow, DROP, locked.as_str())?;
    execute!(conn, KEEP, locked)?;
    review_blobs(conn, dropped.iter().map(|row| BlobId(row.blob_id)), now).await?;
    let mut repositories: Vec<_> = dropped.iter().map(|row| RepositoryId(row.repository_id)).collect();
    repositories.sort_unstable();
    repositories.dedup();
    Ok(Some(repositories))
}

fn pairs(links: &[(RepositoryId, BlobId)]) -> String {
    let pairs: Vec<String> = links.iter().map(|(repo, blob)| format!("[{},{}]", repo.0, blob.0)).collect();
    format!("[{}]", pairs.join(","))
}

/// Looks at `review_at` whether these blobs have lost their last repository.
pub async fn review_blobs(
    conn: &mut Conn,
    blobs: impl IntoIterator<Item = BlobId>,
    review_at: Timestamp,
) -> Result<()> {
    const SQL: Sql =
        with_list!("INSERT INTO blob_review (blob_id, due_at) SELECT v.value, $1 FROM (", int "$2", ") v");
    let list = json_ints(blobs.into_iter().map(|blob| blob.0));
    execute!(conn, SQL, review_at.as_micros(), list)?;
    Ok(())
}

/// Looks at `review_at`, not earlier, whether manifests of the repository still need these blobs.
pub async fn release_links(
    conn: &mut Conn,
    repository: RepositoryId,
    blobs: &[BlobId],
    review_at: Timestamp,
) -> Result<()> {
    // Also where nothing changes: a look at the link at this moment must not forget it.
    const SQL: Sql = with_list!(
        "UPDATE repository_blob SET review_at = CASE WHEN review_at > $2 THEN review_at ELSE $2 END
         WHERE repository_id = $1 AND blob_id IN (",
        int "$3",
        ")"
    );
    let list = json_ints(blobs.iter().map(|blob| blob.0));
    execute!(conn, SQL, repository.0, review_at.as_micros(), list)?;
    Ok(())
}

/// The notes that are due, with the blobs that they are about.
pub async fn list_due_blobs(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Note>> {
    const SQL: &str = "SELECT id, blob_id FROM blob_review WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    let rows = fetch_all!(conn, NoteRow, SQL, now.as_micros(), limit)?;
    Ok(rows.into_iter().map(|row| Note { id: row.id, blob: BlobId(row.blob_id) }).collect())
}

/// Turns those of the blobs that no repository and no deletion holds into garbage; how many notes are done with.
/// Those about blobs that somebody is using are left for later.
pub async fn collect_blobs(conn: &mut Conn, notes: &[Note], now: Timestamp) -> Result<u64> {
    const LOCK: Sql = Sql {
        sqlite: "SELECT id FROM blob WHERE id IN (SELECT value FROM json_each($1))",
        postgres: "SELECT id FROM blob
            WHERE id IN (SELECT value::bigint FROM json_array_elements_text($1::json) AS value)
            ORDER BY id FOR UPDATE SKIP LOCKED",
    };
    // One statement, so that what goes and what becomes garbage is decided once: a link may go
    // between two.
    const COLLECT: &str = "WITH gone AS (DELETE FROM blob
             WHERE NOT EXISTS (SELECT 1 FROM repository_blob rb WHERE rb.blob_id = blob.id)
                AND NOT EXISTS (SELECT 1 FROM deleted_blob d WHERE d.blob_id = blob.id)
                AND id IN (SELECT value::bigint FROM json_array_elements_text($2::json) AS value)
             RETURNING storage_key, digest, size)
         INSERT INTO garbage (storage_key, digest, size, created_at, taken_until)
         SELECT storage_key, digest, size, $1, 0 FROM gone";
    // SQLite has no such statement, and one writer at a time.
    const GARBAGE: &str = "INSERT INTO garbage (storage_key, digest, size, created_at, taken_until)
         SELECT storage_key, digest, size, $1, 0 FROM blob
         WHERE NOT EXISTS (SELECT 1 FROM repository_blob rb WHERE rb.blob_id = blob.id)
                AND NOT EXISTS (SELECT 1 FROM deleted_blob d WHERE d.blob_id = blob.id)
            AND id IN (SELECT value FROM json_each($2))";
    const DROP: &str = "DELETE FROM blob
         WHERE NOT EXISTS (SELECT 1 FROM repository_blob rb WHERE rb.blob_id = blob.id)
                AND NOT EXISTS (SELECT 1 FROM deleted_blob d WHERE d.blob_id = blob.id)
            AND id IN (SELECT value FROM json_each($1))";
    // By their ids: a note that was left since they were read is not seen to.
    const DONE: Sql = with_list!("DELETE FROM blob_review WHERE id IN (", int "$1", ")");
    let blobs = json_ints(notes.iter().map(|note| note.blob.0));
    let existing = with_list!("SELECT id FROM blob WHERE id IN (", int "$1", ")");
    let existing = fetch_all!(conn, IdRow, existing, blobs.as_str())?;
    let existing: HashSet<i64> = existing.into_iter().map(|row| row.id).collect();
    let locked = fetch_all!(conn, IdRow, LOCK, blobs)?;
    let locked: HashSet<i64> = locked.into_iter().map(|row| row.id).collect();
    let list = json_ints(locked.iter().copied());
    if conn.is_postgres() {
        execute!(conn, COLLECT, now.as_micros(), list)?;
    } else {
        execute!(conn, GARBAGE, now.as_micros(), list.as_str())?;
        execute!(conn, DROP, list)?;
    }
    let done = notes.iter().filter(|note| locked.contains(&note.blob.0) || !existing.contains(&note.blob.0));
    execute!(conn, DONE, json_ints(done.map(|note| note.id)))
}

/// Makes bytes garbage that no blob ever named.
pub async fn insert(
    conn: &mut Conn,
    digest: &Digest,
    storage_key: &str,
    size: u64,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO garbage (storage_key, digest, size, created_at, taken_until)
         VALUES ($1, $2, $3, $4, 0)";
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    execute!(conn, SQL, storage_key, digest.as_str(), size, now.as_micros())?;
    Ok(())
}

/// Takes garbage to delete it before `until`, when others may take it again.
pub async fn take(conn: &mut Conn, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Garbage>> {
    const SQL: Sql = skipping_locked!(
        "UPDATE garbage SET taken_until = $2 WHERE id IN
            (SELECT id FROM garbage WHERE taken_until <= $1 ORDER BY taken_until, id LIMIT $3",
        ") RETURNING id, storage_key, digest, size"
    );
    let rows = fetch_all!(conn, GarbageRow, SQL, now.as_micros(), until.as_micros(), limit)?;
    Ok(rows
        .into_iter()
        .map(|row| Garbage { id: row.id, storage_key: row.storage_key, digest: row.digest, size: row.size })
        .collect())
}

/// Forgets garbage whose bytes are gone; what of it was not forgotten before, by another.
pub async fn forget(conn: &mut Conn, garbage: &[Garbage]) -> Result<Total> {
    const SQL: Sql = with_list!(
        "DELETE FROM garbage WHERE id IN (", int "$1", ") RETURNING id, storage_key, digest, size");
    let rows = fetch_all!(conn, GarbageRow, SQL, json_ints(garbage.iter().map(|garbage| garbage.id)))?;
    // Damaged bytes that went with their blob.
    let keys: Vec<&str> = rows.iter().map(|row| row.storage_key.as_str()).collect();
    quarantine::delete_by_key(conn, &keys).await?;
    let total = Total {
        blobs: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        bytes: rows.iter().map(|row| row.size).sum(),
        manifests: 0,
    };
    count(conn, total).await?;
    Ok(total)
}

/// Adds to what was collected since the beginning.
pub async fn count(conn: &mut Conn, more: Total) -> Result<()> {
    const SQL: &str = "UPDATE garbage_total
         SET blobs = blobs + $1, bytes = bytes + $2, manifests = manifests + $3 WHERE id = 1";
    execute!(conn, SQL, more.blobs, more.bytes, more.manifests)?;
    Ok(())
}

/// What was collected since the beginning.
pub async fn total(conn: &mut Conn) -> Result<Total> {
    const SQL: &str = "SELECT blobs, bytes, manifests FROM garbage_total WHERE id = 1";
    let TotalRow { blobs, bytes, manifests } = fetch_one!(conn, TotalRow, SQL)?;
    Ok(Total { blobs, bytes, manifests })
}

/// Artifacts without tags that were pushed and had a tag last before `before`, by id, after `after`.
pub async fn list_untagged(
    conn: &mut Conn,
    after: ArtifactId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Untagged>> {
    const SQL: &str = "SELECT a.id, a.project_id, a.repository_id, a.digest, r.name, a.size
         FROM artifact a JOIN repository r ON r.id = a.repository_id
         WHERE a.listed AND NOT a.tagged AND a.id > $1 AND a.touched_at < $2 ORDER BY a.id LIMIT $3";
    let rows = fetch_all!(conn, UntaggedRow, SQL, after.0, before.as_micros(), limit)?;
    Ok(rows
        .into_iter()
        .map(|row| Untagged {
            id: ArtifactId(row.id),
            project: ProjectId(row.project_id),
            repository: RepositoryId(row.repository_id),
            name: row.name,
            digest: row.digest,
            size: row.size,
        })
        .collect())
}

/// Whether [`list_untagged`] would still list it. The caller has locked its repository.
pub async fn is_untagged(conn: &mut Conn, artifact: ArtifactId, before: Timestamp) -> Result<bool> {
    const SQL: &str = "SELECT id FROM artifact
         WHERE id = $1 AND listed AND NOT tagged AND touched_at < $2";
    Ok(fetch_optional!(conn, IdRow, SQL, artifact.0, before.as_micros())?.is_some())
}

/// What holds a blob: a line for each repository and each manifest there that needs it.
pub async fn list_reasons(conn: &mut Conn, digest: &Digest, limit: i64) -> Result<Vec<Reason>> {
    const SQL: &str = "SELECT r.name AS repository, a.digest AS artifact, rb.review_at
         FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id
         JOIN repository r ON r.id = rb.repository_id
         LEFT JOIN artifact_blob ab ON ab.repository_id = rb.repository_id AND ab.blob_id = b.id
         LEFT JOIN artifact a ON a.id = ab.artifact_id
         WHERE b.digest = $1 ORDER BY r.name, a.id LIMIT $2";
    let rows = fetch_all!(conn, ReasonRow, SQL, digest.as_str(), limit)?;
    Ok(rows
        .into_iter()
        .map(|row| Reason {
            repository: row.repository,
            artifact: row.artifact,
            review_at: row.review_at.map(Timestamp::from_micros),
        })
        .collect())
}

/// How often the digest's bytes wait to be deleted.
pub async fn count_binned(conn: &mut Conn, digest: &Digest) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM garbage WHERE digest = $1";
    Ok(fetch_one!(conn, BinnedRow, SQL, digest.as_str())?.n)
}
