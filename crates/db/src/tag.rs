//! Rows of tags.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::reference::Tag;

use crate::dialect::{execute, fetch_all, json_texts, row, with_list};
use crate::{Conn, Result};

row! {
    struct NameRow { name: String }
}

/// Points tags at a manifest, making or moving them.
pub async fn upsert(
    conn: &mut Conn,
    repository: RepositoryId,
    artifact: ArtifactId,
    tags: &[Tag],
    now: Timestamp,
) -> Result<()> {
    let list = json_texts(tags.iter().map(Tag::as_str));
    let sql = with_list!(
        "INSERT INTO tag (repository_id, artifact_id, name, push_time) SELECT $1, $2, v.value, $3 FROM (",
        text "$4",
        ") v WHERE TRUE
         ON CONFLICT (repository_id, name)
         DO UPDATE SET artifact_id = excluded.artifact_id, push_time = excluded.push_time"
    );
    execute!(conn, sql, repository.0, artifact.0, now.as_micros(), list)?;
    Ok(())
}

/// Removes a tag; whether there was one. The manifest stays.
pub async fn delete(conn: &mut Conn, repository: RepositoryId, tag: &Tag) -> Result<bool> {
    const SQL: &str = "DELETE FROM tag WHERE repository_id = $1 AND name = $2";
    Ok(execute!(conn, SQL, repository.0, tag.as_str())? > 0)
}

/// Names of a repository's tags in byte order, after `after`.
pub async fn list_names(
    conn: &mut Conn,
    repository: RepositoryId,
    after: &str,
    limit: i64,
) -> Result<Vec<String>> {
    const SQL: &str = "SELECT name FROM tag WHERE repository_id = $1 AND name > $2 ORDER BY name LIMIT $3";
    let rows = fetch_all!(conn, NameRow, SQL, repository.0, after, limit)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
