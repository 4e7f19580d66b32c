//! Rows of manifests: what was pushed, what it needs, who refers to it. How lists show them
//! is in `list`, how they get into another repository in `copy`.

mod copy;
mod list;

pub use copy::{copy, link_blobs, list_blobs_of};
pub use list::{
    Likeness, Parent, Scope, children, get_detail, list, list_accessories, list_accessories_of, list_by_ids,
    list_labels_of, page_accessories, parents,
};

use std::collections::{BTreeMap, BTreeSet};

use minato_types::artifact::{Accessory, AccessoryKind, Artifact, ChildDescription};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId, ProjectId, RepositoryId};
use minato_types::manifest::{Manifest, ReferrerDescriptor};
use minato_types::reference::{Reference, Tag};

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_optional, json_ints, json_texts, row, with_list,
};
use crate::slice::{SLICE, bounds};
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
    struct PresentRow {
        id: i64,
        digest: String,
        size: i64,
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
    const SQL: &str = "SELECT a.id, a.digest, a.media_type, a.manifest AS bytes
         FROM tag t JOIN artifact a ON a.id = t.artifact_id
         WHERE t.repository_id = $1 AND t.name = $2";
    fetch_optional!(conn, Row, SQL, repository.0, tag.as_str())?.map(StoredManifest::try_from).transpose()
}

/// The manifest with a digest.
pub async fn get_by_digest(
    conn: &mut Conn,
    repository: RepositoryId,
    digest: &Digest,
) -> Result<Option<StoredManifest>> {
    const SQL: &str = "SELECT id, digest, media_type, manifest AS bytes
         FROM artifact WHERE repository_id = $1 AND digest = $2";
    fetch_optional!(conn, Row, SQL, repository.0, digest.as_str())?.map(StoredManifest::try_from).transpose()
}

/// The manifests of these artifacts.
pub async fn list_manifests(conn: &mut Conn, artifacts: &[ArtifactId]) -> Result<Vec<StoredManifest>> {
    const SQL: Sql = with_list!(
        "SELECT id, digest, media_type, manifest AS bytes FROM artifact WHERE id IN (",
        int "$1",
        ")"
    );
    let rows = fetch_all!(conn, Row, SQL, json_ints(artifacts.iter().map(|id| id.0)))?;
    rows.into_iter().map(StoredManifest::try_from).collect()
}

/// An artifact that a repository holds.
#[derive(Clone, Debug)]
pub struct PresentArtifact {
    /// Row id.
    pub id: ArtifactId,
    /// Its digest.
    pub digest: Digest,
    /// It and all that it names, in bytes.
    pub size: u64,
}

/// Those of `digests` that are manifests of the repository.
pub async fn list_present(
    conn: &mut Conn,
    repository: RepositoryId,
    digests: impl IntoIterator<Item = &Digest>,
) -> Result<Vec<PresentArtifact>> {
    let list = json_texts(digests.into_iter().map(Digest::as_str));
    let sql = with_list!(
        "SELECT id, digest, size FROM artifact WHERE repository_id = $1 AND digest IN (",
        text "$2",
        ")"
    );
    let rows = fetch_all!(conn, PresentRow, sql, repository.0, list)?;
    rows.into_iter()
        .map(|row| {
            Ok(PresentArtifact {
                id: ArtifactId(row.id),
                digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
                size: u64::try_from(row.size).map_err(|_| corrupt("a size"))?,
            })
        })
        .collect()
}

/// A manifest to be added.
pub struct NewArtifact<'a> {
    /// Its project.
    pub project: ProjectId,
    /// Its repository.
    pub repository: RepositoryId,
    /// Its digest.
    pub digest: &'a Digest,
    /// What it says.
    pub manifest: &'a Manifest,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What it is to another one.
    pub accessory: Option<&'a Accessory>,
    /// Harbor's word for what it is.
    pub kind: &'a str,
    /// What is known of that kind, as a JSON object.
    pub attributes: &'a str,
    /// Digest of its icon.
    pub icon: Option<&'a str>,
    /// The manifest and all that it names, in bytes.
    pub size: u64,
    /// Whether tags come with it.
    pub tagged: bool,
}

/// Adds a manifest with its bytes; `None` when the repository has it already.
pub async fn insert(conn: &mut Conn, new: &NewArtifact<'_>, now: Timestamp) -> Result<Option<ArtifactId>> {
    const SQL: &str = "INSERT INTO artifact
            (project_id, repository_id, digest, media_type, config_type, artifact_type, referrer_type,
             subject_digest, accessory_of, accessory_type, kind, attributes, annotations, icon,
             manifest_size, size, listed, tagged, push_time, touched_at, manifest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)
         ON CONFLICT (repository_id, digest) DO NOTHING RETURNING id";
    let manifest = new.manifest;
    let annotations = serde_json::to_string(&manifest.annotations).map_err(|_| corrupt("annotations"))?;
    let (manifest_size, whole_size) = (size(new.bytes.len() as u64)?, size(new.size)?);
    let inserted = fetch_optional!(
        conn,
        IdRow,
        SQL,
        new.project.0,
        new.repository.0,
        new.digest.as_str(),
        manifest.format.as_str(),
        manifest.config_type(),
        manifest.artifact_type.as_deref(),
        manifest.referrer_type(),
        manifest.subject.as_ref().map(|subject| subject.digest.as_str()),
        new.accessory.map(|accessory| accessory.subject.as_str()),
        new.accessory.map(|accessory| accessory.kind.as_str()),
        new.kind,
        new.attributes,
        annotations.as_str(),
        new.icon,
        manifest_size,
        whole_size,
        new.accessory.is_none(),
        new.tagged,
        now.as_micros(),
        new.bytes
    )?;
    Ok(inserted.map(|row| ArtifactId(row.id)))
}

fn size(bytes: u64) -> Result<i64> {
    i64::try_from(bytes).map_err(|_| corrupt("a size"))
}

/// Makes an artifact that is there already an accessory, as when a signature of the old form gets
/// the tag that names its subject.
pub async fn update_accessory(conn: &mut Conn, artifact: ArtifactId, accessory: &Accessory) -> Result<()> {
    const SQL: &str = "UPDATE artifact SET accessory_of = $2, accessory_type = $3, listed = FALSE
         WHERE id = $1 AND accessory_of IS NULL";
    execute!(conn, SQL, artifact.0, accessory.subject.as_str(), accessory.kind.as_str())?;
    Ok(())
}

/// Decides anew whether these artifacts have tags and lists show them, after their tags or the
/// indexes that list them have changed. `pushed`, one of them, was pushed once more.
pub async fn refresh_standing(
    conn: &mut Conn,
    artifacts: &[ArtifactId],
    pushed: Option<ArtifactId>,
    now: Timestamp,
) -> Result<()> {
    // Two changes at once each see their own only. So the rows are locked by a statement before,
    // and the one that decides sees all that was committed till then. The weaker lock, as both may
    // have referred to the row already (new tags of one artifact) and would wait for each other.
    const LOCK: Sql =
        with_list!("SELECT id FROM artifact WHERE id IN (", int "$1", ") ORDER BY id FOR NO KEY UPDATE");
    const DECIDE: Sql = with_list!(
        "UPDATE artifact SET tagged = EXISTS (SELECT 1 FROM tag t WHERE t.artifact_id = artifact.id),
            touched_at = CASE
                WHEN id = $3 THEN $2
                WHEN tagged AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.artifact_id = artifact.id) THEN $2
                ELSE touched_at END,
            listed = (accessory_of IS NULL AND
                (EXISTS (SELECT 1 FROM tag t WHERE t.artifact_id = artifact.id)
                 OR NOT EXISTS (SELECT 1 FROM artifact_reference r WHERE r.child_id = artifact.id)))
         WHERE id IN (",
        int "$1",
        ")"
    );
    let ids: BTreeSet<i64> = artifacts.iter().map(|id| id.0).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    for slice in ids.chunks(SLICE) {
        let list = json_ints(slice.iter().copied());
        // SQLite has one writer at a time, and no such clause.
        if conn.is_postgres() {
            fetch_all!(conn, IdRow, LOCK, list.as_str())?;
        }
        execute!(conn, DECIDE, list, now.as_micros(), pushed.map_or(0, |id| id.0))?;
    }
    Ok(())
}

/// Records which blobs a manifest needs; `Referenced` when the repository has lost one of them.
pub async fn insert_blobs(
    conn: &mut Conn,
    project: ProjectId,
    repository: RepositoryId,
    artifact: ArtifactId,
    blobs: &[BlobId],
) -> Result<()> {
    let list = json_ints(blobs.iter().map(|blob| blob.0));
    let sql = with_list!(
        "INSERT INTO artifact_blob (artifact_id, project_id, repository_id, blob_id)
         SELECT $1, $2, $3, v.value FROM (",
        int "$4",
        ") v"
    );
    execute!(conn, sql, artifact.0, project.0, repository.0, list)?;
    Ok(())
}

/// The blobs that an artifact needs.
pub async fn list_blobs(conn: &mut Conn, artifact: ArtifactId) -> Result<Vec<BlobId>> {
    const SQL: &str = "SELECT blob_id AS id FROM artifact_blob WHERE artifact_id = $1 ORDER BY blob_id";
    let rows = fetch_all!(conn, IdRow, SQL, artifact.0)?;
    Ok(rows.into_iter().map(|row| BlobId(row.id)).collect())
}

/// Whose signatures count for an artifact: those about it, those about an index that lists it, and,
/// with `true`, it itself where it is one.
pub async fn list_signatures(
    conn: &mut Conn,
    repository: RepositoryId,
    artifact: ArtifactId,
) -> Result<Vec<(AccessoryKind, bool)>> {
    row! {
        struct SignatureRow { id: i64, kind: String }
    }
    const SQL: &str = "SELECT s.id, s.accessory_type AS kind FROM artifact s
         WHERE s.repository_id = $1 AND s.accessory_type IN ('signature.cosign', 'signature.notation')
            AND (s.id = $2 OR s.accessory_of IN
                (SELECT a.digest FROM artifact a WHERE a.id = $2
                 UNION ALL
                 SELECT a.digest FROM artifact_reference c JOIN artifact a ON a.id = c.parent_id
                 WHERE c.child_id = $2))";
    let rows = fetch_all!(conn, SignatureRow, SQL, repository.0, artifact.0)?;
    rows.into_iter()
        .map(|row| {
            let kind =
                AccessoryKind::from_name(&row.kind).ok_or_else(|| corrupt("the kind of an accessory"))?;
            Ok((kind, row.id == artifact.0))
        })
        .collect()
}

/// Records which manifests an index lists.
pub async fn insert_children(
    conn: &mut Conn,
    parent: ArtifactId,
    children: &[(ArtifactId, ChildDescription)],
) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO artifact_reference (parent_id, child_id, description)
             SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($2)",
        postgres: "INSERT INTO artifact_reference (parent_id, child_id, description)
             SELECT $1, (e->>0)::bigint, e->>1 FROM json_array_elements($2::json) e",
    };
    let described: Vec<(i64, String)> = children
        .iter()
        .map(|(child, description)| Ok((child.0, serde_json::to_string(description)?)))
        .collect::<std::result::Result<_, serde_json::Error>>()
        .map_err(|_| corrupt("an index"))?;
    let list = serde_json::to_string(&described).map_err(|_| corrupt("an index"))?;
    execute!(conn, SQL, parent.0, list)?;
    Ok(())
}

/// Those of the artifacts that have no tag and were not touched after `before`, and that no index lists,
/// unless those that are listed count as well.
pub async fn list_loose(
    conn: &mut Conn,
    artifacts: &[ArtifactId],
    before: Timestamp,
    with_listed: bool,
) -> Result<Vec<ArtifactId>> {
    const SQL: Sql = with_list!(
        "SELECT id FROM artifact
         WHERE NOT EXISTS (SELECT 1 FROM tag t WHERE t.artifact_id = artifact.id)
            AND ($3 OR NOT EXISTS (SELECT 1 FROM artifact_reference r WHERE r.child_id = artifact.id))
            AND touched_at <= $2 AND id IN (",
        int "$1",
        ") ORDER BY id"
    );
    let list = json_ints(artifacts.iter().map(|id| id.0));
    let rows = fetch_all!(conn, IdRow, SQL, list, before.as_micros(), with_listed)?;
    Ok(rows.into_iter().map(|row| ArtifactId(row.id)).collect())
}

/// Removes all artifacts of a repository with their tags; the blobs that they needed.
pub async fn delete_all(conn: &mut Conn, repository: RepositoryId) -> Result<Vec<BlobId>> {
    const BLOBS: &str =
        "SELECT DISTINCT blob_id AS id FROM artifact_blob WHERE repository_id = $1 ORDER BY id";
    const IDS: &str = "SELECT id FROM artifact WHERE repository_id = $1 ORDER BY id";
    const CHILDREN: &str = "DELETE FROM artifact_reference WHERE parent_id IN
            (SELECT id FROM artifact WHERE repository_id = $1 AND id BETWEEN $2 AND $3)";
    const ROWS: &str = "DELETE FROM artifact WHERE repository_id = $1 AND id BETWEEN $2 AND $3";
    let blobs = fetch_all!(conn, IdRow, BLOBS, repository.0)?;
    let ids = fetch_all!(conn, IdRow, IDS, repository.0)?;
    for sql in [CHILDREN, ROWS] {
        for (first, last) in bounds(&ids) {
            execute!(conn, sql, repository.0, first.id, last.id)?;
        }
    }
    Ok(blobs.into_iter().map(|row| BlobId(row.id)).collect())
}

/// The artifact that a tag points to, or that has a digest.
pub async fn find(
    conn: &mut Conn,
    repository: RepositoryId,
    reference: &Reference,
) -> Result<Option<Artifact>> {
    const BY_TAG: &str = "SELECT artifact_id AS id FROM tag WHERE repository_id = $1 AND name = $2";
    match reference {
        Reference::Digest(digest) => get_detail(conn, repository, digest).await,
        Reference::Tag(tag) => {
            let Some(row) = fetch_optional!(conn, IdRow, BY_TAG, repository.0, tag.as_str())? else {
                return Ok(None);
            };
            Ok(list_by_ids(conn, repository, &[ArtifactId(row.id)]).await?.pop())
        }
    }
}

/// A blob that some artifact has as its icon.
pub async fn get_icon(conn: &mut Conn, digest: &Digest) -> Result<Option<crate::blob::Blob>> {
    row! {
        struct IconRow { id: i64, size: i64, storage_key: String }
    }
    const SQL: &str = "SELECT b.id, b.size, b.storage_key FROM artifact a
         JOIN blob b ON b.digest = a.icon
         JOIN artifact_blob ab ON ab.artifact_id = a.id AND ab.blob_id = b.id
         WHERE a.icon = $1 AND b.damage IS NULL LIMIT 1";
    let Some(row) = fetch_optional!(conn, IconRow, SQL, digest.as_str())? else { return Ok(None) };
    let size = u64::try_from(row.size).map_err(|_| corrupt("a blob's size"))?;
    let (id, storage_key) = (BlobId(row.id), row.storage_key);
    Ok(Some(crate::blob::Blob { id, size, storage_key, held_until: None, held_by: String::new() }))
}

/// Removes an artifact and all its tags; `Referenced` while an index lists it.
pub async fn delete(conn: &mut Conn, repository: RepositoryId, artifact: ArtifactId) -> Result<bool> {
    const SQL: &str = "DELETE FROM artifact WHERE repository_id = $1 AND id = $2";
    Ok(execute!(conn, SQL, repository.0, artifact.0)? > 0)
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
        "SELECT digest, media_type, manifest_size AS size, referrer_type AS artifact_type, annotations FROM artifact
         WHERE repository_id = $1 AND subject_digest = $2 AND digest > $3 ORDER BY digest LIMIT $4";
    const TYPED: &str =
        "SELECT digest, media_type, manifest_size AS size, referrer_type AS artifact_type, annotations FROM artifact
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
