//! Rows of tags.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::reference::Tag;

use crate::dialect::{Sql, corrupt, execute, fetch_one, json_texts, row, with_list};
use crate::{Conn, Result};

row! {
    struct NamesRow { names: String }
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

/// Names of a repository's tags in byte order, after `after`. They come as one row: ten thousand
/// rows cost the driver more than the database.
pub async fn list_names(
    conn: &mut Conn,
    repository: RepositoryId,
    after: &str,
    limit: i64,
) -> Result<Vec<String>> {
    const SQL: Sql = Sql {
        sqlite: "SELECT json_group_array(name) AS names FROM
                 (SELECT name FROM tag WHERE repository_id = $1 AND name > $2 ORDER BY name LIMIT $3)",
        postgres: "SELECT COALESCE(json_agg(name ORDER BY name), '[]')::text AS names FROM
                 (SELECT name FROM tag WHERE repository_id = $1 AND name > $2 ORDER BY name LIMIT $3) page",
    };
    let row = fetch_one!(conn, NamesRow, SQL, repository.0, after, limit)?;
    serde_json::from_str(&row.names).map_err(|_| corrupt("a list of tags"))
}
