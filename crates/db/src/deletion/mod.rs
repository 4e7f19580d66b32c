//! Rows of deletions that can be undone: what was there is copied before it goes, and made again
//! from the copies.

mod list;

pub use list::{get, list, list_tags};

use minato_types::clock::Timestamp;
use minato_types::deletion::{Deletion, DeletionKind};
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId, DeletionId, ProjectId, RepositoryId};
use minato_types::reference::Tag;

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, row, with_list,
};
use crate::slice::{SLICE, bounds};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: i64,
        repository: String,
        kind: String,
        name: String,
        description: String,
        artifacts: i64,
        size: i64,
        deleted_by: String,
        deleted_at: i64,
        expires_at: i64,
    }
}

row! {
    struct IdRow { id: i64 }
}

row! {
    struct NameRow { name: String }
}

row! {
    struct DigestRow { digest: String }
}

impl TryFrom<Row> for Deletion {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: DeletionId(row.id),
            project: ProjectId(row.project_id),
            repository: row.repository,
            kind: DeletionKind::from_name(&row.kind).ok_or_else(|| corrupt("the kind of a deletion"))?,
            name: row.name,
            description: row.description,
            artifacts: row.artifacts,
            size: row.size,
            by: row.deleted_by,
            deleted_at: Timestamp::from_micros(row.deleted_at),
            expires_at: Timestamp::from_micros(row.expires_at),
        })
    }
}

/// A query of whole deletions.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, project_id, repository, kind, name, description, artifacts, size,
                deleted_by, deleted_at, expires_at FROM deletion ",
            $rest
        )
    };
}

/// A deletion to be written down.
pub struct NewDeletion<'a> {
    /// The project.
    pub project: ProjectId,
    /// Full name of the repository.
    pub repository: &'a str,
    /// What is deleted.
    pub kind: DeletionKind,
    /// The tag or the digest; empty for a repository.
    pub name: &'a str,
    /// Who deletes it.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Until when it can be undone.
    pub expires_at: Timestamp,
}

/// Writes a deletion down, before anything goes.
pub async fn insert(conn: &mut Conn, new: &NewDeletion<'_>) -> Result<DeletionId> {
    const SQL: &str = "INSERT INTO deletion
            (project_id, repository, kind, name, description, artifacts, size, deleted_by, deleted_at, expires_at)
         VALUES ($1, $2, $3, $4,
            CASE WHEN $3 = 'repository' THEN
                COALESCE((SELECT description FROM repository WHERE project_id = $1 AND name = $2), '') ELSE '' END,
            0, 0, $5, $6, $7) RETURNING id";
    let row = fetch_one!(
        conn,
        IdRow,
        SQL,
        new.project.0,
        new.repository,
        new.kind.as_str(),
        new.name,
        new.by,
        new.now.as_micros(),
        new.expires_at.as_micros()
    )?;
    Ok(DeletionId(row.id))
}

/// Copies artifacts of a repository that are about to go; they must be locked.
pub async fn keep(
    conn: &mut Conn,
    deletion: DeletionId,
    repository: RepositoryId,
    artifacts: &[ArtifactId],
) -> Result<()> {
    // $1 is the deletion, the others choose the artifacts.
    const COPIES: [&str; 5] = [
        "INSERT INTO deleted_artifact (deletion_id, artifact_id, digest, media_type, config_type,
            artifact_type, referrer_type, subject_digest, accessory_of, accessory_type, kind, attributes,
            annotations, icon, manifest_size, size, push_time, pull_time, manifest)
         SELECT $1, a.id, a.digest, a.media_type, a.config_type, a.artifact_type, a.referrer_type,
            a.subject_digest, a.accessory_of, a.accessory_type, a.kind, a.attributes, a.annotations,
            a.icon, a.manifest_size, a.size, a.push_time, a.pull_time, a.manifest
         FROM artifact a WHERE a.repository_id = $2 AND a.id BETWEEN $3 AND $4",
        "INSERT INTO deleted_blob (deletion_id, artifact_id, blob_id)
         SELECT $1, ab.artifact_id, ab.blob_id
         FROM artifact a JOIN artifact_blob ab ON ab.artifact_id = a.id
         WHERE a.repository_id = $2 AND a.id BETWEEN $3 AND $4 ORDER BY ab.blob_id",
        "INSERT INTO deleted_reference (deletion_id, artifact_id, child, description)
         SELECT $1, r.parent_id, c.digest, r.description
         FROM artifact a JOIN artifact_reference r ON r.parent_id = a.id
         JOIN artifact c ON c.id = r.child_id
         WHERE a.repository_id = $2 AND a.id BETWEEN $3 AND $4",
        "INSERT INTO deleted_tag (deletion_id, name, digest, push_time, pull_time)
         SELECT $1, t.name, a.digest, t.push_time, t.pull_time
         FROM artifact a JOIN tag t ON t.artifact_id = a.id
         WHERE a.repository_id = $2 AND a.id BETWEEN $3 AND $4",
        "INSERT INTO deleted_label (deletion_id, artifact_id, label_id)
         SELECT $1, l.artifact_id, l.label_id
         FROM artifact a JOIN artifact_label l ON l.artifact_id = a.id
         WHERE a.repository_id = $2 AND a.id BETWEEN $3 AND $4",
    ];
    for (first, last) in bounds(artifacts) {
        for sql in COPIES {
            execute!(conn, sql, deletion.0, repository.0, first.0, last.0)?;
        }
    }
    Ok(())
}

/// Copies a whole repository that is about to go; it must be locked.
pub async fn keep_all(conn: &mut Conn, deletion: DeletionId, repository: RepositoryId) -> Result<()> {
    const SQL: &str = "SELECT id FROM artifact WHERE repository_id = $1 ORDER BY id";
    let rows = fetch_all!(conn, IdRow, SQL, repository.0)?;
    let artifacts: Vec<_> = rows.into_iter().map(|row| ArtifactId(row.id)).collect();
    keep(conn, deletion, repository, &artifacts).await
}

/// Copies a tag that is about to go.
pub async fn keep_tag(
    conn: &mut Conn,
    deletion: DeletionId,
    repository: RepositoryId,
    tag: &Tag,
) -> Result<()> {
    const SQL: &str = "INSERT INTO deleted_tag (deletion_id, name, digest, push_time, pull_time)
         SELECT $1, t.name, a.digest, t.push_time, t.pull_time
         FROM tag t JOIN artifact a ON a.id = t.artifact_id WHERE t.repository_id = $2 AND t.name = $3";
    execute!(conn, SQL, deletion.0, repository.0, tag.as_str())?;
    Ok(())
}

/// Notes what went in the end.
pub async fn close(conn: &mut Conn, deletion: DeletionId, size: i64) -> Result<()> {
    const SQL: &str = "UPDATE deletion SET size = $2, artifacts =
            (SELECT COUNT(*) FROM deleted_artifact a WHERE a.deletion_id = deletion.id) WHERE id = $1";
    execute!(conn, SQL, deletion.0, size)?;
    Ok(())
}

/// A deletion of the project that can be undone at `now`; nobody else touches it until the
/// transaction ends.
pub async fn lock(
    conn: &mut Conn,
    project: ProjectId,
    id: DeletionId,
    now: Timestamp,
) -> Result<Option<Deletion>> {
    const SQL: &str = select!("WHERE project_id = $1 AND id = $2 AND expires_at > $3");
    const LOCKING: &str = select!("WHERE project_id = $1 AND id = $2 AND expires_at > $3 FOR UPDATE");
    let sql = Sql { sqlite: SQL, postgres: LOCKING };
    let row = fetch_optional!(conn, Row, sql, project.0, id.0, now.as_micros())?;
    row.map(Deletion::try_from).transpose()
}

/// The blobs that a deletion keeps, by id, once each.
pub async fn list_blobs(conn: &mut Conn, id: DeletionId) -> Result<Vec<BlobId>> {
    const SQL: &str = "SELECT DISTINCT blob_id AS id FROM deleted_blob WHERE deletion_id = $1 ORDER BY id";
    let rows = fetch_all!(conn, IdRow, SQL, id.0)?;
    Ok(rows.into_iter().map(|row| BlobId(row.id)).collect())
}

/// A manifest that an index of the deletion lists, and that neither the repository nor the deletion has.
pub async fn get_missing_child(
    conn: &mut Conn,
    id: DeletionId,
    repository: RepositoryId,
) -> Result<Option<String>> {
    const SQL: &str = "SELECT r.child AS digest FROM deleted_reference r WHERE r.deletion_id = $1
            AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.repository_id = $2 AND a.digest = r.child)
            AND NOT EXISTS (SELECT 1 FROM deleted_artifact d WHERE d.deletion_id = $1 AND d.digest = r.child)
         LIMIT 1";
    Ok(fetch_optional!(conn, DigestRow, SQL, id.0, repository.0)?.map(|row| row.digest))
}

/// Lets a repository hold these blobs of a deletion, by id, damaged ones too: they are there for nobody
/// until their content comes again, and then for all.
pub async fn link_blobs(
    conn: &mut Conn,
    blobs: &[BlobId],
    repository: RepositoryId,
    now: Timestamp,
) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO repository_blob (repository_id, blob_id, created_at)
             SELECT $2, value, $3 FROM json_each($1) WHERE TRUE
             ON CONFLICT (repository_id, blob_id) DO UPDATE SET created_at = repository_blob.created_at",
        postgres: "INSERT INTO repository_blob (repository_id, blob_id, created_at)
             SELECT $2, value::bigint, $3 FROM json_array_elements_text($1::json) AS value
             ON CONFLICT (repository_id, blob_id) DO UPDATE SET created_at = repository_blob.created_at",
    };
    for slice in blobs.chunks(SLICE) {
        let list = json_ints(slice.iter().map(|blob| blob.0));
        execute!(conn, SQL, list, repository.0, now.as_micros())?;
    }
    Ok(())
}

/// Makes the artifacts of a deletion again in a repository that holds their blobs, which are counted
/// for the project; those that are there again already stay. How many were made, and all of them and
/// of what they list, by their ids. In the order of their digests, so that two who do this at once do
/// not wait for each other crosswise.
pub async fn restore_artifacts(
    conn: &mut Conn,
    id: DeletionId,
    (project, repository): (ProjectId, RepositoryId),
    now: Timestamp,
) -> Result<(usize, Vec<ArtifactId>)> {
    const DIGESTS: &str = "SELECT digest FROM deleted_artifact WHERE deletion_id = $1 ORDER BY digest";
    const ROWS: &str = "INSERT INTO artifact
            (project_id, repository_id, digest, media_type, config_type, artifact_type, referrer_type,
             subject_digest, accessory_of, accessory_type, kind, attributes, annotations, icon,
             manifest_size, size, listed, tagged, push_time, pull_time, touched_at, manifest)
         SELECT $2, $3, digest, media_type, config_type, artifact_type, referrer_type,
             subject_digest, accessory_of, accessory_type, kind, attributes, annotations, icon,
             manifest_size, size, accessory_of IS NULL, FALSE, push_time, pull_time, $4, manifest
         FROM deleted_artifact WHERE deletion_id = $1 AND digest BETWEEN $5 AND $6
         ORDER BY digest ON CONFLICT (repository_id, digest) DO NOTHING";
    const BLOBS: &str = "INSERT INTO artifact_blob (artifact_id, project_id, repository_id, blob_id)
         SELECT a.id, a.project_id, a.repository_id, b.blob_id
         FROM deleted_artifact d JOIN artifact a ON a.repository_id = $2 AND a.digest = d.digest
         JOIN deleted_blob b ON b.deletion_id = d.deletion_id AND b.artifact_id = d.artifact_id
         WHERE d.deletion_id = $1 AND d.digest BETWEEN $3 AND $4 ON CONFLICT (artifact_id, blob_id) DO NOTHING";
    const REFERENCES: &str = "INSERT INTO artifact_reference (parent_id, child_id, description)
         SELECT a.id, c.id, r.description
         FROM deleted_artifact d JOIN artifact a ON a.repository_id = $2 AND a.digest = d.digest
         JOIN deleted_reference r ON r.deletion_id = d.deletion_id AND r.artifact_id = d.artifact_id
         JOIN artifact c ON c.repository_id = $2 AND c.digest = r.child
         WHERE d.deletion_id = $1 AND d.digest BETWEEN $3 AND $4 ON CONFLICT (parent_id, child_id) DO NOTHING";
    const LABELS: &str = "INSERT INTO artifact_label (artifact_id, label_id)
         SELECT a.id, l.label_id
         FROM deleted_artifact d JOIN artifact a ON a.repository_id = $2 AND a.digest = d.digest
         JOIN deleted_label l ON l.deletion_id = d.deletion_id AND l.artifact_id = d.artifact_id
         WHERE d.deletion_id = $1 AND d.digest BETWEEN $3 AND $4 ON CONFLICT (artifact_id, label_id) DO NOTHING";
    // With what they list, which lists show no more by itself.
    const MADE: &str = "SELECT a.id FROM artifact a WHERE a.repository_id = $2 AND a.digest IN
            (SELECT d.digest FROM deleted_artifact d WHERE d.deletion_id = $1
             UNION SELECT r.child FROM deleted_reference r WHERE r.deletion_id = $1)
         ORDER BY a.id";
    let digests = fetch_all!(conn, DigestRow, DIGESTS, id.0)?;
    let slices: Vec<(&str, &str)> =
        bounds(&digests).map(|(first, last)| (first.digest.as_str(), last.digest.as_str())).collect();
    let mut made = 0;
    for (first, last) in &slices {
        made += execute!(conn, ROWS, id.0, project.0, repository.0, now.as_micros(), *first, *last)?;
    }
    for sql in [BLOBS, REFERENCES, LABELS] {
        for (first, last) in &slices {
            execute!(conn, sql, id.0, repository.0, *first, *last)?;
        }
    }
    let rows = fetch_all!(conn, IdRow, MADE, id.0, repository.0)?;
    let made = usize::try_from(made).unwrap_or(usize::MAX);
    Ok((made, rows.into_iter().map(|row| ArtifactId(row.id)).collect()))
}

/// Makes the tags of a deletion again, where what they pointed to is there and nobody has made
/// another of the name; what they point to.
pub async fn restore_tags(
    conn: &mut Conn,
    id: DeletionId,
    repository: RepositoryId,
) -> Result<Vec<ArtifactId>> {
    const NAMES: &str = "SELECT name FROM deleted_tag WHERE deletion_id = $1 ORDER BY name";
    const SQL: &str = "INSERT INTO tag (repository_id, artifact_id, name, push_time, pull_time)
         SELECT $2, a.id, t.name, t.push_time, t.pull_time
         FROM deleted_tag t JOIN artifact a ON a.repository_id = $2 AND a.digest = t.digest
         WHERE t.deletion_id = $1 AND t.name BETWEEN $3 AND $4 ORDER BY t.name
         ON CONFLICT (repository_id, name) DO NOTHING RETURNING artifact_id AS id";
    let names = fetch_all!(conn, NameRow, NAMES, id.0)?;
    let mut tagged = Vec::new();
    for (first, last) in bounds(&names) {
        let rows = fetch_all!(conn, IdRow, SQL, id.0, repository.0, first.name.as_str(), last.name.as_str())?;
        tagged.extend(rows.into_iter().map(|row| ArtifactId(row.id)));
    }
    Ok(tagged)
}

/// How many tags a deletion took.
pub async fn count_tags(conn: &mut Conn, id: DeletionId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS id FROM deleted_tag WHERE deletion_id = $1";
    Ok(fetch_one!(conn, IdRow, SQL, id.0)?.id)
}

/// Gives a repository its description back, unless it has one by now.
pub async fn restore_description(conn: &mut Conn, id: DeletionId, repository: RepositoryId) -> Result<()> {
    const SQL: &str = "UPDATE repository SET description = (SELECT description FROM deletion WHERE id = $1)
         WHERE id = $2 AND description = ''";
    execute!(conn, SQL, id.0, repository.0)?;
    Ok(())
}

/// Forgets deletions, as they were undone or never will be. Garbage collection looks at `review_at`
/// whether anybody else needs the blobs.
pub async fn delete(conn: &mut Conn, ids: &[DeletionId], review_at: Timestamp) -> Result<()> {
    const ARTIFACTS: Sql = with_list!(
        "SELECT artifact_id AS id FROM deleted_artifact WHERE deletion_id IN (",
        int "$1",
        ") ORDER BY artifact_id"
    );
    const REVIEW: Sql = with_list!(
        "INSERT INTO blob_review (blob_id, due_at)
         SELECT DISTINCT blob_id, $2 FROM deleted_blob
         WHERE artifact_id BETWEEN $3 AND $4 AND deletion_id IN (",
        int "$1",
        ")"
    );
    const BLOBS: Sql = with_list!(
        "DELETE FROM deleted_blob WHERE artifact_id BETWEEN $2 AND $3 AND deletion_id IN (",
        int "$1",
        ")"
    );
    const COPIES: Sql = with_list!(
        "DELETE FROM deleted_artifact WHERE artifact_id BETWEEN $2 AND $3 AND deletion_id IN (",
        int "$1",
        ")"
    );
    const ROWS: Sql = with_list!("DELETE FROM deletion WHERE id IN (", int "$1", ")");
    let list = json_ints(ids.iter().map(|id| id.0));
    let artifacts = fetch_all!(conn, IdRow, ARTIFACTS, list.as_str())?;
    for (first, last) in bounds(&artifacts) {
        execute!(conn, REVIEW, list.as_str(), review_at.as_micros(), first.id, last.id)?;
        for sql in [BLOBS, COPIES] {
            execute!(conn, sql, list.as_str(), first.id, last.id)?;
        }
    }
    execute!(conn, ROWS, list)?;
    Ok(())
}

/// Whether the time of any deletion is over at `now`.
pub async fn has_expired(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    const SQL: &str = "SELECT id FROM deletion WHERE expires_at <= $1 LIMIT 1";
    Ok(fetch_optional!(conn, IdRow, SQL, now.as_micros())?.is_some())
}

/// Deletions whose time is over at `now`, the oldest first; those that others are at are left out.
/// Nobody else touches them until the transaction ends.
pub async fn lock_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Deletion>> {
    const SQL: Sql = Sql {
        sqlite: select!("WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2"),
        postgres: select!("WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2 FOR UPDATE SKIP LOCKED"),
    };
    let rows = fetch_all!(conn, Row, SQL, now.as_micros(), limit)?;
    rows.into_iter().map(Deletion::try_from).collect()
}

/// Deletions of a project, when nobody else is at them; nobody else touches them until the
/// transaction ends.
pub async fn lock_of_project(conn: &mut Conn, project: ProjectId, limit: i64) -> Result<Vec<Deletion>> {
    const SQL: &str = select!("WHERE project_id = $1 ORDER BY id LIMIT $2");
    const LOCKING: &str = select!("WHERE project_id = $1 ORDER BY id LIMIT $2 FOR UPDATE");
    let rows = fetch_all!(conn, Row, Sql { sqlite: SQL, postgres: LOCKING }, project.0, limit)?;
    rows.into_iter().map(Deletion::try_from).collect()
}

/// What keeps a blob for an undoing: deletions and their repositories, the latest first.
pub async fn list_of_blob(conn: &mut Conn, digest: &Digest, limit: i64) -> Result<Vec<Deletion>> {
    const SQL: &str = select!(
        "WHERE id IN (SELECT d.deletion_id FROM blob b
            JOIN deleted_blob d ON d.blob_id = b.id WHERE b.digest = $1)
         ORDER BY id DESC LIMIT $2"
    );
    let rows = fetch_all!(conn, Row, SQL, digest.as_str(), limit)?;
    rows.into_iter().map(Deletion::try_from).collect()
}
