//! Rows of manifests: what was pushed, what it needs, who refers to it.

use std::collections::BTreeMap;

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId, RepositoryId};
use minato_types::manifest::{Manifest, ReferrerDescriptor};
use minato_types::reference::Tag;

use crate::dialect::{corrupt, execute, fetch_all, fetch_optional, json_ints, json_texts, row, with_list};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        digest: String,
        media_type: String,
        bytes: Vec<u8>,
    }
}

row! {
    struct IdRow { id: i64 }
}

row! {
    struct DigestRow {
        id: i64,
        digest: String,
    }
}

row! {
    struct ReferrerRow {
        digest: String,
        media_type: String,
        size: i64,
        artifact_type: Option<String>,
        annotations: String,
    }
}

/// A manifest as it was pushed.
#[derive(Clone, Debug)]
pub struct StoredManifest {
    /// Row id.
    pub id: ArtifactId,
    /// Digest of the bytes.
    pub digest: Digest,
    /// The type it was pushed with.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl TryFrom<Row> for StoredManifest {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let digest = row.digest.parse().map_err(|_| corrupt("a digest"))?;
        Ok(Self { id: ArtifactId(row.id), digest, media_type: row.media_type, bytes: row.bytes })
    }
}

/// The manifest that a tag points to.
pub async fn get_by_tag(
    conn: &mut Conn,
    repository: RepositoryId,
    tag: &Tag,
) -> Result<Option<StoredManifest>> {
    const SQL: &str = "SELECT a.id, a.digest, a.media_type, p.bytes
         FROM tag t JOIN artifact a ON a.id = t.artifact_id JOIN artifact_payload p ON p.artifact_id = a.id
         WHERE t.repository_id = $1 AND t.name = $2";
    fetch_optional!(conn, Row, SQL, repository.0, tag.as_str())?.map(StoredManifest::try_from).transpose()
}

/// The manifest with a digest.
pub async fn get_by_digest(
    conn: &mut Conn,
    repository: RepositoryId,
    digest: &Digest,
) -> Result<Option<StoredManifest>> {
    const SQL: &str = "SELECT a.id, a.digest, a.media_type, p.bytes
         FROM artifact a JOIN artifact_payload p ON p.artifact_id = a.id
         WHERE a.repository_id = $1 AND a.digest = $2";
    fetch_optional!(conn, Row, SQL, repository.0, digest.as_str())?.map(StoredManifest::try_from).transpose()
}

/// Those of `digests` that are manifests of the repository, with their row ids.
pub async fn list_present(
    conn: &mut Conn,
    repository: RepositoryId,
    digests: impl IntoIterator<Item = &Digest>,
) -> Result<Vec<(Digest, ArtifactId)>> {
    let list = json_texts(digests.into_iter().map(Digest::as_str));
    let sql = with_list!(
        "SELECT id, digest FROM artifact WHERE repository_id = $1 AND digest IN (",
        text "$2",
        ")"
    );
    let rows = fetch_all!(conn, DigestRow, sql, repository.0, list)?;
    rows.into_iter()
        .map(|row| Ok((row.digest.parse().map_err(|_| corrupt("a digest"))?, ArtifactId(row.id))))
        .collect()
}

/// Adds a manifest with its bytes; `None` when the repository has it already.
pub async fn insert(
    conn: &mut Conn,
    repository: RepositoryId,
    digest: &Digest,
    manifest: &Manifest,
    bytes: &[u8],
    now: Timestamp,
) -> Result<Option<ArtifactId>> {
    const ARTIFACT: &str = "INSERT INTO artifact
            (repository_id, digest, media_type, artifact_type, referrer_type, subject_digest, annotations,
             size, push_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (repository_id, digest) DO NOTHING RETURNING id";
    const PAYLOAD: &str = "INSERT INTO artifact_payload (artifact_id, bytes) VALUES ($1, $2)";
    let annotations = serde_json::to_string(&manifest.annotations).map_err(|_| corrupt("annotations"))?;
    let size = i64::try_from(bytes.len()).map_err(|_| corrupt("a manifest's size"))?;
    let inserted = fetch_optional!(
        conn,
        IdRow,
        ARTIFACT,
        repository.0,
        digest.as_str(),
        manifest.format.as_str(),
        manifest.artifact_type.as_deref(),
        manifest.referrer_type(),
        manifest.subject.as_ref().map(|subject| subject.digest.as_str()),
        annotations.as_str(),
        size,
        now.as_micros()
    )?;
    let Some(row) = inserted else { return Ok(None) };
    execute!(conn, PAYLOAD, row.id, bytes)?;
    Ok(Some(ArtifactId(row.id)))
}

/// Records which blobs a manifest needs; `Referenced` when the repository has lost one of them.
pub async fn insert_blobs(
    conn: &mut Conn,
    repository: RepositoryId,
    artifact: ArtifactId,
    blobs: impl IntoIterator<Item = BlobId>,
) -> Result<()> {
    let list = json_ints(blobs.into_iter().map(|blob| blob.0));
    let sql = with_list!(
        "INSERT INTO artifact_blob (artifact_id, repository_id, blob_id) SELECT $1, $2, v.value FROM (",
        int "$3",
        ") v"
    );
    execute!(conn, sql, artifact.0, repository.0, list)?;
    Ok(())
}

/// Records which manifests an index lists.
pub async fn insert_children(
    conn: &mut Conn,
    parent: ArtifactId,
    children: impl IntoIterator<Item = ArtifactId>,
) -> Result<()> {
    let list = json_ints(children.into_iter().map(|child| child.0));
    let sql = with_list!(
        "INSERT INTO artifact_reference (parent_id, child_id) SELECT $1, v.value FROM (",
        int "$2",
        ") v"
    );
    execute!(conn, sql, parent.0, list)?;
    Ok(())
}

/// Removes a manifest and all its tags; `Referenced` while an index lists it.
pub async fn delete(conn: &mut Conn, repository: RepositoryId, digest: &Digest) -> Result<bool> {
    const SQL: &str = "DELETE FROM artifact WHERE repository_id = $1 AND digest = $2";
    Ok(execute!(conn, SQL, repository.0, digest.as_str())? > 0)
}

/// Manifests whose subject is `subject`, by digest, after `after`.
pub async fn list_referrers(
    conn: &mut Conn,
    repository: RepositoryId,
    subject: &Digest,
    artifact_type: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<ReferrerDescriptor>> {
    const ANY: &str =
        "SELECT digest, media_type, size, referrer_type AS artifact_type, annotations FROM artifact
         WHERE repository_id = $1 AND subject_digest = $2 AND digest > $3 ORDER BY digest LIMIT $4";
    const TYPED: &str =
        "SELECT digest, media_type, size, referrer_type AS artifact_type, annotations FROM artifact
         WHERE repository_id = $1 AND subject_digest = $2 AND digest > $3 AND referrer_type = $5
         ORDER BY digest LIMIT $4";
    let rows = match artifact_type {
        None => fetch_all!(conn, ReferrerRow, ANY, repository.0, subject.as_str(), after, limit)?,
        Some(wanted) => {
            fetch_all!(conn, ReferrerRow, TYPED, repository.0, subject.as_str(), after, limit, wanted)?
        }
    };
    rows.into_iter().map(ReferrerRow::into_descriptor).collect()
}

impl ReferrerRow {
    fn into_descriptor(self) -> Result<ReferrerDescriptor> {
        let annotations: BTreeMap<String, String> =
            serde_json::from_str(&self.annotations).map_err(|_| corrupt("annotations"))?;
        Ok(ReferrerDescriptor {
            media_type: self.media_type,
            digest: self.digest.parse().map_err(|_| corrupt("a digest"))?,
            size: u64::try_from(self.size).map_err(|_| corrupt("a manifest's size"))?,
            artifact_type: self.artifact_type,
            annotations,
        })
    }
}
