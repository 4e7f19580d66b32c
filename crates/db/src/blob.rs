//! Rows of blobs, and which repositories hold them.

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{BlobId, ProjectId, RepositoryId};
use minato_types::project::{ContentTrust, Role};

use crate::dialect::{corrupt, execute, fetch_all, fetch_one, fetch_optional, json_texts, row, with_list};
use crate::project::Standing;
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        size: i64,
        storage_key: String,
        review_at: Option<i64>,
    }
}

row! {
    struct PresentRow {
        id: i64,
        digest: String,
        size: i64,
        storage_key: String,
    }
}

row! {
    struct HolderRow {
        blob_id: i64,
        size: i64,
        storage_key: String,
        name: String,
        repository_id: i64,
        project_id: i64,
        public: bool,
        role: Option<i64>,
    }
}

/// A blob that can be served.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Row id.
    pub id: BlobId,
    /// Size in bytes.
    pub size: u64,
    /// Where the store keeps the bytes.
    pub storage_key: String,
    /// Until when the repository holds it whether or not a manifest needs it.
    pub held_until: Option<Timestamp>,
}

/// A blob that a repository holds.
#[derive(Clone, Debug)]
pub struct PresentBlob {
    /// Row id.
    pub id: BlobId,
    /// Its digest.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Where the store keeps the bytes.
    pub storage_key: String,
}

/// A repository that holds a blob, and how a user stands to it.
pub struct Holder {
    /// The blob.
    pub blob: Blob,
    /// The repository's full name.
    pub repository: String,
    /// The user's standing.
    pub standing: Standing,
}

impl TryFrom<Row> for Blob {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let size = u64::try_from(row.size).map_err(|_| corrupt("a blob's size"))?;
        let held_until = row.review_at.map(Timestamp::from_micros);
        Ok(Self { id: BlobId(row.id), size, storage_key: row.storage_key, held_until })
    }
}

/// The blob `digest`, if the repository holds it.
pub async fn get(conn: &mut Conn, repository: RepositoryId, digest: &Digest) -> Result<Option<Blob>> {
    const SQL: &str = "SELECT b.id, b.size, b.storage_key, rb.review_at
         FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id AND rb.repository_id = $1
         WHERE b.digest = $2";
    fetch_optional!(conn, Row, SQL, repository.0, digest.as_str())?.map(Blob::try_from).transpose()
}

/// Those of `digests` that the repository holds.
pub async fn list_present(
    conn: &mut Conn,
    repository: RepositoryId,
    digests: impl IntoIterator<Item = &Digest>,
) -> Result<Vec<PresentBlob>> {
    let list = json_texts(digests.into_iter().map(Digest::as_str));
    let sql = with_list!(
        "SELECT b.id, b.digest, b.size, b.storage_key FROM blob b
         JOIN repository_blob rb ON rb.blob_id = b.id AND rb.repository_id = $1
         WHERE b.digest IN (",
        text "$2",
        ")"
    );
    let rows = fetch_all!(conn, PresentRow, sql, repository.0, list)?;
    rows.into_iter()
        .map(|row| {
            Ok(PresentBlob {
                id: BlobId(row.id),
                digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
                size: u64::try_from(row.size).map_err(|_| corrupt("a blob's size"))?,
                storage_key: row.storage_key,
            })
        })
        .collect()
}

/// Some repositories that hold the blob, and how `user` (0 for nobody) stands to them. At most
/// `limit` are looked at, so that a layer that everybody has costs no more than another.
pub async fn list_holders(conn: &mut Conn, digest: &Digest, user: i64, limit: i64) -> Result<Vec<Holder>> {
    const SQL: &str = "SELECT h.blob_id, h.size, h.storage_key, r.name, r.id AS repository_id,
                p.id AS project_id, p.public, m.role
         FROM (SELECT b.id AS blob_id, b.size, b.storage_key, rb.repository_id
               FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id
               WHERE b.digest = $1 LIMIT $3) h
         JOIN repository r ON r.id = h.repository_id
         JOIN project p ON p.id = r.project_id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2";
    let rows = fetch_all!(conn, HolderRow, SQL, digest.as_str(), user, limit)?;
    rows.into_iter()
        .map(|row| {
            let blob = Row { id: row.blob_id, size: row.size, storage_key: row.storage_key, review_at: None };
            let standing = Standing {
                project: ProjectId(row.project_id),
                public: row.public,
                role: row.role.and_then(Role::from_id),
                repository: Some(RepositoryId(row.repository_id)),
                // None of these decides about mounting.
                limited: false,
                told: false,
                trust: ContentTrust::default(),
                auto_scan: false,
                prevention: None,
            };
            Ok(Holder { blob: blob.try_into()?, repository: row.name, standing })
        })
        .collect()
}

/// Records sealed bytes. When the digest is known already, the known row is locked and
/// returned, and the caller's bytes are superfluous.
pub async fn upsert(
    conn: &mut Conn,
    digest: &Digest,
    size: u64,
    storage_key: &str,
    now: Timestamp,
) -> Result<Blob> {
    const SQL: &str = "INSERT INTO blob (digest, size, storage_key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (digest) DO UPDATE SET size = blob.size
         RETURNING id, size, storage_key, NULL AS review_at";
    let size = i64::try_from(size).map_err(|_| corrupt("a blob's size"))?;
    fetch_one!(conn, Row, SQL, digest.as_str(), size, storage_key, now.as_micros())?.try_into()
}

/// Lets a repository hold a blob, until `held_until` whether or not a manifest needs it.
/// `Referenced` when the blob is gone.
pub async fn link(
    conn: &mut Conn,
    repository: RepositoryId,
    blob: BlobId,
    now: Timestamp,
    held_until: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO repository_blob (repository_id, blob_id, created_at, review_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (repository_id, blob_id) DO UPDATE SET review_at = excluded.review_at
            WHERE repository_blob.review_at IS NULL OR repository_blob.review_at < excluded.review_at";
    execute!(conn, SQL, repository.0, blob.0, now.as_micros(), held_until.as_micros())?;
    Ok(())
}

/// Keeps a blob in a repository until `held_until` whether or not a manifest needs it; whether it
/// is there.
pub async fn hold(
    conn: &mut Conn,
    repository: RepositoryId,
    blob: BlobId,
    held_until: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE repository_blob
         SET review_at = CASE WHEN review_at > $3 THEN review_at ELSE $3 END
         WHERE repository_id = $1 AND blob_id = $2";
    Ok(execute!(conn, SQL, repository.0, blob.0, held_until.as_micros())? > 0)
}

/// Takes a blob from a repository; `Referenced` while a manifest there needs it.
pub async fn unlink(conn: &mut Conn, repository: RepositoryId, blob: BlobId) -> Result<bool> {
    const SQL: &str = "DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id = $2";
    Ok(execute!(conn, SQL, repository.0, blob.0)? > 0)
}
