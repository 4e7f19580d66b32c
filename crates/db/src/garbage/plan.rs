//! What garbage collection would find, and when: read only, for who wants to know before it goes.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, BlobId};

use super::{BinnedRow, IdRow};
use crate::dialect::{Sql, fetch_all, fetch_one, json_ints, row, with_list};
use crate::{Conn, Result};

row! {
    struct StandingRow {
        id: i64, digest: String, size: i64, needed: i64, repository: Option<String>,
        review_at: Option<i64>, holds: i64, note_at: Option<i64>, deletions: i64,
    }
}

row! {
    struct NeedRow { id: i64, n: i64 }
}

row! {
    struct BinRow { id: i64, digest: String, size: i64 }
}

row! {
    struct WorkRow { links: i64, blobs: i64, garbage: i64 }
}

/// What keeps a blob.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its row.
    pub id: BlobId,
    /// Its digest.
    pub digest: String,
    /// Its size in bytes.
    pub size: i64,
    /// How many manifests need it.
    pub needed: i64,
    /// One of the repositories that hold it.
    pub repository: Option<String>,
    /// When the last look at what holds it is due, or the first at itself if nothing does.
    pub due_at: Option<Timestamp>,
    /// Whether a push has named it since.
    pub is_held: bool,
    /// Whether a deletion that can be undone keeps it.
    pub is_kept: bool,
}

/// Bytes that are garbage already.
pub struct Bin {
    /// Row id.
    pub id: i64,
    /// Their digest.
    pub digest: String,
    /// How many they are.
    pub size: i64,
}

/// How much there is to do for each step of garbage collection.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Links to look at.
    pub links: i64,
    /// Looks at blobs.
    pub blobs: i64,
    /// Blobs whose bytes are garbage.
    pub garbage: i64,
}

/// Blobs that garbage collection has a note about, due or not, by id from behind `after`.
pub async fn list_noted(conn: &mut Conn, after: BlobId, limit: i64) -> Result<Vec<BlobId>> {
    // Each part is cut by itself: else every page reads all that come after it.
    const SQL: &str = "SELECT blob_id AS id FROM
            (SELECT blob_id FROM (SELECT DISTINCT blob_id FROM repository_blob
                WHERE review_at IS NOT NULL AND blob_id > $1 ORDER BY blob_id LIMIT $2) links
             UNION SELECT blob_id FROM (SELECT DISTINCT blob_id FROM blob_review
                WHERE blob_id > $1 ORDER BY blob_id LIMIT $2) looks) noted
         ORDER BY blob_id LIMIT $2";
    let rows = fetch_all!(conn, IdRow, SQL, after.0, limit)?;
    Ok(rows.into_iter().map(|row| BlobId(row.id)).collect())
}

/// What keeps these blobs; those that are gone are missing.
pub async fn list_standing(conn: &mut Conn, blobs: &[BlobId]) -> Result<Vec<Standing>> {
    const SQL: Sql = with_list!(
        "SELECT b.id, b.digest, b.size,
            (SELECT COUNT(*) FROM repository_blob rb JOIN artifact_blob ab
                ON ab.repository_id = rb.repository_id AND ab.blob_id = rb.blob_id
                WHERE rb.blob_id = b.id) AS needed,
            (SELECT MIN(r.name) FROM repository_blob rb JOIN repository r ON r.id = rb.repository_id
                WHERE rb.blob_id = b.id) AS repository,
            (SELECT MAX(rb.review_at) FROM repository_blob rb WHERE rb.blob_id = b.id) AS review_at,
            (SELECT COUNT(rb.held_by) FROM repository_blob rb WHERE rb.blob_id = b.id) AS holds,
            (SELECT MIN(n.due_at) FROM blob_review n WHERE n.blob_id = b.id) AS note_at,
            (SELECT COUNT(*) FROM deleted_blob d WHERE d.blob_id = b.id) AS deletions
         FROM blob b WHERE b.id IN (",
        int "$1",
        ") ORDER BY b.id"
    );
    let rows = fetch_all!(conn, StandingRow, SQL, json_ints(blobs.iter().map(|blob| blob.0)))?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            id: BlobId(row.id),
            digest: row.digest,
            size: row.size,
            needed: row.needed,
            due_at: if row.repository.is_some() { row.review_at } else { row.note_at }
                .map(Timestamp::from_micros),
            repository: row.repository,
            is_held: row.holds > 0,
            is_kept: row.deletions > 0,
        })
        .collect())
}

/// The blobs that these artifacts need, each with how many of them need it.
pub async fn count_needs(conn: &mut Conn, artifacts: &[ArtifactId]) -> Result<Vec<(BlobId, i64)>> {
    const SQL: Sql = with_list!(
        "SELECT blob_id AS id, COUNT(*) AS n FROM artifact_blob WHERE artifact_id IN (",
        int "$1",
        ") GROUP BY blob_id ORDER BY blob_id"
    );
    let rows = fetch_all!(conn, NeedRow, SQL, json_ints(artifacts.iter().map(|id| id.0)))?;
    Ok(rows.into_iter().map(|row| (BlobId(row.id), row.n)).collect())
}

/// Bytes that are garbage already, by row from behind `after`.
pub async fn list_binned(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Bin>> {
    const SQL: &str = "SELECT id, digest, size FROM garbage WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = fetch_all!(conn, BinRow, SQL, after, limit)?;
    Ok(rows.into_iter().map(|row| Bin { id: row.id, digest: row.digest, size: row.size }).collect())
}

/// How much there is to do now.
pub async fn count_work(conn: &mut Conn, now: Timestamp) -> Result<Work> {
    const SQL: &str = "SELECT
            (SELECT COUNT(*) FROM repository_blob WHERE review_at <= $1) AS links,
            (SELECT COUNT(*) FROM blob_review WHERE due_at <= $1) AS blobs,
            (SELECT COUNT(*) FROM garbage) AS garbage";
    let WorkRow { links, blobs, garbage } = fetch_one!(conn, WorkRow, SQL, now.as_micros())?;
    Ok(Work { links, blobs, garbage })
}

/// How many artifacts without tags [`list_untagged`](super::list_untagged) has.
pub async fn count_untagged(conn: &mut Conn, before: Timestamp) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM artifact
         WHERE listed AND NOT tagged AND touched_at < $1";
    Ok(fetch_one!(conn, BinnedRow, SQL, before.as_micros())?.n)
}
