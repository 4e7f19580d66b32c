//! Pull times and counts, written in batches behind the answers.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::name::RepositoryName;

use crate::dialect::{Sql, execute, fetch_optional, row};
use crate::{Conn, Result};

/// Records when manifests were last pulled.
pub async fn update_artifacts(conn: &mut Conn, pulls: &[(ArtifactId, Timestamp)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE artifact SET pull_time = MAX(pull_time, v.at)
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at FROM json_each($1)) v
             WHERE artifact.id = v.id",
        postgres: "UPDATE artifact SET pull_time = GREATEST(pull_time, v.at)
             FROM (SELECT (e->>0)::bigint AS id, (e->>1)::bigint AS at FROM json_array_elements($1::json) e) v
             WHERE artifact.id = v.id",
    };
    execute!(conn, SQL, json_pairs(pulls.iter().map(|(id, at)| (id.0, at.as_micros()))))?;
    Ok(())
}

/// As [`update_artifacts`], for the tags by which they were pulled.
pub async fn update_tags(conn: &mut Conn, pulls: &[(RepositoryId, String, Timestamp)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE tag SET pull_time = MAX(pull_time, v.at)
             FROM (SELECT json_extract(value, '$[0]') AS repository_id, json_extract(value, '$[1]') AS name,
                          json_extract(value, '$[2]') AS at FROM json_each($1)) v
             WHERE tag.repository_id = v.repository_id AND tag.name = v.name",
        postgres: "UPDATE tag SET pull_time = GREATEST(pull_time, v.at)
             FROM (SELECT (e->>0)::bigint AS repository_id, e->>1 AS name, (e->>2)::bigint AS at
                   FROM json_array_elements($1::json) e) v
             WHERE tag.repository_id = v.repository_id AND tag.name = v.name",
    };
    let triples: Vec<String> =
        pulls.iter().map(|(id, name, at)| format!("[{},\"{name}\",{}]", id.0, at.as_micros())).collect();
    execute!(conn, SQL, format!("[{}]", triples.join(",")))?;
    Ok(())
}

/// Records when repositories were last pushed to.
pub async fn update_pushed(conn: &mut Conn, pushes: &[(RepositoryId, Timestamp)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE repository SET updated_at = MAX(updated_at, v.at)
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at FROM json_each($1)) v
             WHERE repository.id = v.id",
        postgres: "UPDATE repository SET updated_at = GREATEST(updated_at, v.at)
             FROM (SELECT (e->>0)::bigint AS id, (e->>1)::bigint AS at FROM json_array_elements($1::json) e) v
             WHERE repository.id = v.id",
    };
    execute!(conn, SQL, json_pairs(pushes.iter().map(|(id, at)| (id.0, at.as_micros()))))?;
    Ok(())
}

/// Adds to the repositories' pull counts.
pub async fn update_repositories(conn: &mut Conn, counts: &[(RepositoryId, i64)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE repository SET pull_count = pull_count + v.n
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS n FROM json_each($1)) v
             WHERE repository.id = v.id",
        postgres: "UPDATE repository SET pull_count = pull_count + v.n
             FROM (SELECT (e->>0)::bigint AS id, (e->>1)::bigint AS n FROM json_array_elements($1::json) e) v
             WHERE repository.id = v.id",
    };
    execute!(conn, SQL, json_pairs(counts.iter().map(|(id, n)| (id.0, *n))))?;
    Ok(())
}

/// How often manifests of a repository were pulled.
pub async fn count(conn: &mut Conn, name: &RepositoryName) -> Result<Option<i64>> {
    row! {
        struct Row { pull_count: i64 }
    }
    let found =
        fetch_optional!(conn, Row, "SELECT pull_count FROM repository WHERE name = $1", name.as_str())?;
    Ok(found.map(|row| row.pull_count))
}

fn json_pairs(pairs: impl Iterator<Item = (i64, i64)>) -> String {
    let pairs: Vec<String> = pairs.map(|(a, b)| format!("[{a},{b}]")).collect();
    format!("[{}]", pairs.join(","))
}
