//! Rows of blobs, and which repositories hold them. A blob whose bytes a check found damaged is found
//! by nothing here, until its content comes again.

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{BlobId, ProjectId, RepositoryId};
use minato_types::project::{ContentTrust, Role};

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, json_texts, row, with_list,
};
use crate::project::Standing;
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        size: i64,
        storage_key: String,
        review_at: Option<i64>,
        held_by: Option<String>,
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
    /// The pushes for which it does, as [`Hold::among`] reads them.
    pub held_by: String,
}

/// A push that relies on a blob.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// What tells the push from others: no `;` in it.
    pub by: &'a str,
    /// Until when the blob stays, whether or not a manifest needs it.
    pub until: Timestamp,
}

/// Stands for pushes that are not written down one by one, as there were so many.
const OTHERS: &str = "*;";

fn mark(push: &str) -> String {
    format!("{push};")
}

impl Hold<'_> {
    /// Whether the push is among `holders`.
    pub fn among(&self, holders: &str) -> bool {
        holders.split_inclusive(';').any(|holder| holder == OTHERS || holder == mark(self.by))
    }
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
        let held_by = row.held_by.unwrap_or_default();
        Ok(Self { id: BlobId(row.id), size, storage_key: row.storage_key, held_until, held_by })
    }
}

/// The blob `digest`, if the repository holds it.
pub async fn get(conn: &mut Conn, repository: RepositoryId, digest: &Digest) -> Result<Option<Blob>> {
    const SQL: &str = "SELECT b.id, b.size, b.storage_key, rb.review_at, rb.held_by
         FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id AND rb.repository_id = $1
         WHERE b.digest = $2 AND b.damage IS NULL";
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
         WHERE b.damage IS NULL AND b.digest IN (",
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
               WHERE b.digest = $1 AND b.damage IS NULL LIMIT $3) h
         JOIN repository r ON r.id = h.repository_id
         JOIN project p ON p.id = r.project_id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2";
    let rows = fetch_all!(conn, HolderRow, SQL, digest.as_str(), user, limit)?;
    rows.into_iter()
        .map(|row| {
            let HolderRow { blob_id: id, size, storage_key, .. } = row;
            let blob = Row { id, size, storage_key, review_at: None, held_by: None };
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

/// What a hold makes of a link's row: held until the latest of the times, for one push more. `$3` is
/// until when, `$4` for whom.
macro_rules! held {
    () => {
        "review_at = CASE WHEN repository_blob.review_at > $3 THEN repository_blob.review_at ELSE $3 END,
         held_by = CASE
            WHEN repository_blob.held_by IS NULL THEN $4
            WHEN length(repository_blob.held_by) > 1000 THEN replace(repository_blob.held_by, '*;', '') || '*;'
            ELSE replace(repository_blob.held_by, $4, '') || $4 END"
    };
}

/// Records sealed bytes. When the digest is known already, the known row is locked and
/// returned, and the caller's bytes are superfluous; unless those it had were damaged: then it has
/// the caller's from now on, for all repositories that hold it.
pub async fn upsert(
    conn: &mut Conn,
    digest: &Digest,
    size: u64,
    storage_key: &str,
    now: Timestamp,
) -> Result<Blob> {
    const SQL: &str = "INSERT INTO blob (digest, size, storage_key, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (digest) DO UPDATE SET
            size = CASE WHEN blob.damage IS NULL THEN blob.size ELSE excluded.size END,
            storage_key = CASE WHEN blob.damage IS NULL THEN blob.storage_key ELSE excluded.storage_key END,
            damage = NULL
         RETURNING id, size, storage_key, NULL AS review_at, NULL AS held_by";
    let size = i64::try_from(size).map_err(|_| corrupt("a blob's size"))?;
    fetch_one!(conn, Row, SQL, digest.as_str(), size, storage_key, now.as_micros())?.try_into()
}

/// Lets a repository hold a blob. `Referenced` when the blob is gone.
pub async fn link(
    conn: &mut Conn,
    repository: RepositoryId,
    blob: BlobId,
    now: Timestamp,
    hold: Hold<'_>,
) -> Result<()> {
    const SQL: &str = concat!(
        "INSERT INTO repository_blob (repository_id, blob_id, created_at, review_at, held_by)
         VALUES ($1, $2, $5, $3, $4)
         ON CONFLICT (repository_id, blob_id) DO UPDATE SET ",
        held!()
    );
    let (until, mark) = (hold.until.as_micros(), mark(hold.by));
    execute!(conn, SQL, repository.0, blob.0, until, mark, now.as_micros())?;
    Ok(())
}

/// Keeps a blob in a repository for a push; for whom it is kept now, `None` if it is not there.
pub async fn hold(
    conn: &mut Conn,
    repository: RepositoryId,
    blob: BlobId,
    hold: Hold<'_>,
) -> Result<Option<String>> {
    row! {
        struct HeldRow { held_by: String }
    }
    const SQL: &str = concat!(
        "UPDATE repository_blob SET ",
        held!(),
        " WHERE repository_id = $1 AND blob_id = $2 RETURNING held_by"
    );
    let (until, mark) = (hold.until.as_micros(), mark(hold.by));
    let held = fetch_optional!(conn, HeldRow, SQL, repository.0, blob.0, until, mark)?;
    Ok(held.map(|row| row.held_by))
}

/// A push has got its manifest and holds these blobs no more. Where no other push does, only
/// manifests keep them from now on. One that somebody is changing right now stays held.
pub async fn release(conn: &mut Conn, repository: RepositoryId, blobs: &[BlobId], push: &str) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE repository_blob SET
                review_at = CASE WHEN held_by = $3 THEN NULL ELSE review_at END,
                held_by = CASE WHEN held_by = $3 THEN NULL ELSE replace(held_by, $3, '') END
             WHERE repository_id = $1 AND instr(held_by, $3) > 0
                AND blob_id IN (SELECT value FROM json_each($2))",
        postgres: "UPDATE repository_blob SET
                review_at = CASE WHEN held_by = $3 THEN NULL ELSE review_at END,
                held_by = CASE WHEN held_by = $3 THEN NULL ELSE replace(held_by, $3, '') END
             WHERE repository_id = $1 AND blob_id IN
                (SELECT blob_id FROM repository_blob WHERE repository_id = $1
                    AND strpos(held_by, $3) > 0
                    AND blob_id IN (SELECT value::bigint FROM json_array_elements_text($2::json) AS value)
                 FOR NO KEY UPDATE SKIP LOCKED)",
    };
    let list = json_ints(blobs.iter().map(|blob| blob.0));
    execute!(conn, SQL, repository.0, list, mark(push))?;
    Ok(())
}

/// Takes a blob from a repository; `Referenced` while a manifest there needs it.
pub async fn unlink(conn: &mut Conn, repository: RepositoryId, blob: BlobId) -> Result<bool> {
    const SQL: &str = "DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id = $2";
    Ok(execute!(conn, SQL, repository.0, blob.0)? > 0)
}
