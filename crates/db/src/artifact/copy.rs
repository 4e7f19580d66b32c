//! Artifacts of one repository in another: rows made from rows, in a fixed number of statements.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, BlobId, ProjectId, RepositoryId};

use super::IdRow;
use crate::dialect::{Sql, execute, fetch_all, json_ints, with_list};
use crate::{Conn, Result};

/// The blobs that several artifacts need, once each.
pub async fn list_blobs_of(conn: &mut Conn, artifacts: &[ArtifactId]) -> Result<Vec<BlobId>> {
    const SQL: Sql = with_list!(
        "SELECT DISTINCT blob_id AS id FROM artifact_blob WHERE artifact_id IN (",
        int "$1",
        ") ORDER BY id"
    );
    let rows = fetch_all!(conn, IdRow, SQL, json_ints(artifacts.iter().map(|id| id.0)))?;
    Ok(rows.into_iter().map(|row| BlobId(row.id)).collect())
}

/// Lets a repository hold several blobs, but for damaged ones.
pub async fn link_blobs(
    conn: &mut Conn,
    repository: RepositoryId,
    blobs: &[BlobId],
    now: Timestamp,
) -> Result<()> {
    const SQL: Sql = with_list!(
        "INSERT INTO repository_blob (repository_id, blob_id, created_at)
         SELECT $1, b.id, $2 FROM blob b WHERE b.damage IS NULL AND b.id IN (",
        int "$3",
        ") ORDER BY b.id ON CONFLICT (repository_id, blob_id) DO UPDATE SET created_at = repository_blob.created_at"
    );
    execute!(conn, SQL, repository.0, now.as_micros(), json_ints(blobs.iter().map(|blob| blob.0)))?;
    Ok(())
}

/// Makes artifacts of the repository `from` artifacts of `to` as well, with what they need and
/// list; those that are there already stay as they are. Blobs must be linked and counted before.
pub async fn copy(
    conn: &mut Conn,
    from: RepositoryId,
    artifacts: &[ArtifactId],
    (project, to): (ProjectId, RepositoryId),
    now: Timestamp,
) -> Result<()> {
    const ROWS: Sql = with_list!(
        "INSERT INTO artifact
            (project_id, repository_id, digest, media_type, config_type, artifact_type, referrer_type,
             subject_digest, accessory_of, accessory_type, kind, attributes, annotations, icon,
             manifest_size, size, listed, tagged, push_time, touched_at, manifest)
         SELECT $1, $2, digest, media_type, config_type, artifact_type, referrer_type,
             subject_digest, accessory_of, accessory_type, kind, attributes, annotations, icon,
             manifest_size, size, accessory_of IS NULL, FALSE, $3, $3, manifest
         FROM artifact WHERE repository_id = $4 AND id IN (",
        int "$5",
        ") ORDER BY id ON CONFLICT (repository_id, digest) DO NOTHING"
    );
    const BLOBS: Sql = with_list!(
        "INSERT INTO artifact_blob (artifact_id, project_id, repository_id, blob_id)
         SELECT d.id, d.project_id, d.repository_id, ab.blob_id
         FROM artifact s JOIN artifact d ON d.repository_id = $1 AND d.digest = s.digest
         JOIN artifact_blob ab ON ab.artifact_id = s.id
         WHERE s.repository_id = $2 AND s.id IN (",
        int "$3",
        ") ON CONFLICT (artifact_id, blob_id) DO NOTHING"
    );
    const CHILDREN: Sql = with_list!(
        "INSERT INTO artifact_reference (parent_id, child_id, description)
         SELECT dp.id, dc.id, r.description
         FROM artifact sp JOIN artifact_reference r ON r.parent_id = sp.id
         JOIN artifact sc ON sc.id = r.child_id
         JOIN artifact dp ON dp.repository_id = $1 AND dp.digest = sp.digest
         JOIN artifact dc ON dc.repository_id = $1 AND dc.digest = sc.digest
         WHERE sp.repository_id = $2 AND sp.id IN (",
        int "$3",
        ") ON CONFLICT (parent_id, child_id) DO NOTHING"
    );
    let list = json_ints(artifacts.iter().map(|id| id.0));
    execute!(conn, ROWS, project.0, to.0, now.as_micros(), from.0, list.as_str())?;
    execute!(conn, BLOBS, to.0, from.0, list.as_str())?;
    execute!(conn, CHILDREN, to.0, from.0, list)?;
    Ok(())
}
