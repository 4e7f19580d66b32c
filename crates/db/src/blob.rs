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
        Ok(Self { id: BlobId(row.id), size, storage_key: row.storage_key })
    }
}

/// The blob `digest`, if the repository holds it.
pub async fn get(conn: &mut Conn, repository: RepositoryId, digest: &Digest) -> Result<Option<Blob>> {
    const SQL: &str = "SELECT b.id, b.size, b.storage_key
         FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id AND rb.repository_id = $1
         WHERE b.digest = $2 AND b.live";
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
         WHERE b.live AND b.digest IN (",
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
               WHERE b.digest = $1 AND b.live LIMIT $3) h
         JOIN repository r ON r.id = h.repository_id
         JOIN project p ON p.id = r.project_id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2";
    let rows = fetch_all!(conn, HolderRow, SQL, digest.as_str(), user, limit)?;
    rows.into_iter()
        .map(|row| {
            let blob = Row { id: row.blob_id, size: row.size, storage_key: row.storage_key };
            let standing = Standing {
                project: ProjectId(row.project_id),
                public: row.public,
                role: row.role.and_then(Role::from_id),
                repository: Some(RepositoryId(row.repository_id)),
                // Neither decides about mounting.
                limited: false,
                trust: ContentTrust::default(),
            };
            Ok(Holder { blob: blob.try_into()?, repository: row.name, standing })
        })
        .collect()
}

/// Records sealed bytes. When the digest is known already, the known row is touched and
/// returned, and the caller's bytes are superfluous.
pub async fn upsert(
    conn: &mut Conn,
    digest: &Digest,
    size: u64,
    storage_key: &str,
    now: Timestamp,
) -> Result<Blob> {
    const SQL: &str = "INSERT INTO blob (digest, size, storage_key, live, created_at, touched_at)
         VALUES ($1, $2, $3, TRUE, $4, $4)
         ON CONFLICT (digest) WHERE live DO UPDATE SET touched_at = excluded.touched_at
         RETURNING id, size, storage_key";
    let size = i64::try_from(size).map_err(|_| corrupt("a blob's size"))?;
    fetch_one!(conn, Row, SQL, digest.as_str(), size, storage_key, now.as_micros())?.try_into()
}

/// Lets a repository hold a blob.
pub async fn link(conn: &mut Conn, repository: RepositoryId, blob: BlobId, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO repository_blob (repository_id, blob_id, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (repository_id, blob_id) DO NOTHING";
    execute!(conn, SQL, repository.0, blob.0, now.as_micros())?;
    Ok(())
}

/// Takes a blob from a repository; `Referenced` while a manifest there needs it.
pub async fn unlink(conn: &mut Conn, repository: RepositoryId, blob: BlobId) -> Result<bool> {
    const SQL: &str = "DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id = $2";
    Ok(execute!(conn, SQL, repository.0, blob.0)? > 0)
}
