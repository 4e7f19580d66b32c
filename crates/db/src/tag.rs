//! Rows of tags.

use std::collections::HashSet;

use minato_types::artifact::TagDetail;
use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, RepositoryId, TagId};
use minato_types::query::Query;
use minato_types::reference::Tag;

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, json_texts, row, with_list,
};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct TargetRow {
        name: String,
        artifact_id: i64,
    }
}

row! {
    struct DetailRow {
        id: i64,
        repository_id: i64,
        artifact_id: i64,
        name: String,
        push_time: i64,
        pull_time: i64,
    }
}

const LIST: Spec = Spec {
    base: "tag t",
    from: "tag t",
    columns: "t.id, t.repository_id, t.artifact_id, t.name, t.push_time, t.pull_time",
    key: "t.id",
    fields: &[
        Field { name: "id", sql: "t.id", kind: Kind::Int, sortable: true },
        Field { name: "name", sql: "t.name", kind: Kind::Text, sortable: true },
        Field { name: "pushtime", sql: "t.push_time", kind: Kind::Time, sortable: true },
        Field { name: "pulltime", sql: "t.pull_time", kind: Kind::Time, sortable: true },
    ],
    order: &[("t.push_time", true), ("t.id", true)],
};

impl From<DetailRow> for TagDetail {
    fn from(row: DetailRow) -> Self {
        Self {
            id: TagId(row.id),
            repository: RepositoryId(row.repository_id),
            artifact: ArtifactId(row.artifact_id),
            name: row.name,
            push_time: Timestamp::from_micros(row.push_time),
            pull_time: (row.pull_time > 0).then(|| Timestamp::from_micros(row.pull_time)),
        }
    }
}

row! {
    struct NameRow { name: String }
}

row! {
    struct NamesRow { names: String }
}

/// Makes those of the tags that the repository does not have, in the order of the list; the others.
pub async fn make<'a>(
    conn: &mut Conn,
    repository: RepositoryId,
    tags: &'a [(ArtifactId, Tag)],
    now: Timestamp,
) -> Result<Vec<&'a (ArtifactId, Tag)>> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO tag (repository_id, artifact_id, name, push_time)
             SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), $2 FROM json_each($3) WHERE TRUE
             ON CONFLICT (repository_id, name) DO NOTHING RETURNING name",
        postgres: "INSERT INTO tag (repository_id, artifact_id, name, push_time)
             SELECT $1, (e->>0)::bigint, e->>1, $2 FROM json_array_elements($3::json) e
             ON CONFLICT (repository_id, name) DO NOTHING RETURNING name",
    };
    let made = fetch_all!(conn, NameRow, SQL, repository.0, now.as_micros(), json_pairs(tags))?;
    let made: HashSet<String> = made.into_iter().map(|row| row.name).collect();
    Ok(tags.iter().filter(|(_, tag)| !made.contains(tag.as_str())).collect())
}

/// Points tags that the repository has at other artifacts.
pub async fn repoint(
    conn: &mut Conn,
    repository: RepositoryId,
    tags: &[(ArtifactId, Tag)],
    now: Timestamp,
) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE tag SET artifact_id = v.id, push_time = $2
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS name FROM json_each($3)) v
             WHERE tag.repository_id = $1 AND tag.name = v.name",
        postgres: "UPDATE tag SET artifact_id = v.id, push_time = $2
             FROM (SELECT (e->>0)::bigint AS id, e->>1 AS name FROM json_array_elements($3::json) e) v
             WHERE tag.repository_id = $1 AND tag.name = v.name",
    };
    execute!(conn, SQL, repository.0, now.as_micros(), json_pairs(tags))?;
    Ok(())
}

fn json_pairs<'a>(tags: impl IntoIterator<Item = &'a (ArtifactId, Tag)>) -> String {
    let pairs: Vec<String> =
        tags.into_iter().map(|(artifact, tag)| format!("[{artifact},\"{tag}\"]")).collect();
    format!("[{}]", pairs.join(","))
}

/// Those of the tags that exist, with what they point to; they stay so until the transaction ends.
pub async fn list_targets(
    conn: &mut Conn,
    repository: RepositoryId,
    tags: impl IntoIterator<Item = &Tag>,
) -> Result<Vec<(Tag, ArtifactId)>> {
    const PLAIN: Sql = with_list!(
        "SELECT name, artifact_id FROM tag WHERE repository_id = $1 AND name IN (",
        text "$2",
        ") ORDER BY name"
    );
    const LOCKING: Sql = with_list!(
        "SELECT name, artifact_id FROM tag WHERE repository_id = $1 AND name IN (",
        text "$2",
        ") ORDER BY name FOR UPDATE"
    );
    let sql = if conn.is_postgres() { LOCKING } else { PLAIN };
    let list = json_texts(tags.into_iter().map(Tag::as_str));
    let rows = fetch_all!(conn, TargetRow, sql, repository.0, list)?;
    rows.into_iter()
        .map(|row| Ok((row.name.parse().map_err(|_| corrupt("a tag"))?, ArtifactId(row.artifact_id))))
        .collect()
}

/// A tag of a repository.
pub async fn get(conn: &mut Conn, repository: RepositoryId, tag: &Tag) -> Result<Option<TagDetail>> {
    const SQL: &str = "SELECT id, repository_id, artifact_id, name, push_time, pull_time FROM tag
         WHERE repository_id = $1 AND name = $2";
    Ok(fetch_optional!(conn, DetailRow, SQL, repository.0, tag.as_str())?.map(TagDetail::from))
}

/// Adds a tag; `Conflict` when the repository has it already.
pub async fn insert(
    conn: &mut Conn,
    repository: RepositoryId,
    artifact: ArtifactId,
    tag: &Tag,
    now: Timestamp,
) -> Result<TagId> {
    row! {
        struct IdRow { id: i64 }
    }
    const SQL: &str = "INSERT INTO tag (repository_id, artifact_id, name, push_time) VALUES ($1, $2, $3, $4)
         RETURNING id";
    let row = fetch_one!(conn, IdRow, SQL, repository.0, artifact.0, tag.as_str(), now.as_micros())?;
    Ok(TagId(row.id))
}

/// A window of the tags of an artifact, and how many there are.
pub async fn list(
    conn: &mut Conn,
    repository: RepositoryId,
    artifact: ArtifactId,
    query: &Query,
    window: Window,
) -> Result<(Vec<TagDetail>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("t.artifact_id = ? AND t.repository_id = ?", [Arg::Int(artifact.0), Arg::Int(repository.0)]);
    let (rows, total) = listing.read::<DetailRow>(conn, window).await?;
    Ok((rows.into_iter().map(TagDetail::from).collect(), total))
}

/// Tags of several artifacts, newest first.
pub async fn list_of(conn: &mut Conn, artifacts: &[ArtifactId]) -> Result<Vec<TagDetail>> {
    const SQL: Sql = with_list!(
        "SELECT id, repository_id, artifact_id, name, push_time, pull_time FROM tag WHERE artifact_id IN (",
        int "$1",
        ") ORDER BY push_time DESC, id DESC"
    );
    let rows = fetch_all!(conn, DetailRow, SQL, json_ints(artifacts.iter().map(|id| id.0)))?;
    Ok(rows.into_iter().map(TagDetail::from).collect())
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
