//! Pull times and counts, written in batches behind the answers.
//!
//! Nobody may wait for these crosswise. Replicas change the same repositories, so they take their
//! rows in the order of ids, before all others. What pushes and deletions hold at this moment of
//! artifacts and tags keeps its old time instead of being waited for.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, RepositoryId};
use minato_types::name::RepositoryName;

use crate::dialect::{Sql, execute, fetch_optional, row};
use crate::{Conn, Result};

/// What happened to a repository.
#[derive(Clone, Copy, Debug, Default)]
pub struct Activity {
    /// How often its manifests were pulled.
    pub pulls: i64,
    /// When it was last pushed to.
    pub pushed: Option<Timestamp>,
}

/// Adds to the repositories' pull counts, and records when they were last pushed to. Comes before
/// the other updates of a transaction.
pub async fn update_repositories(conn: &mut Conn, activities: &[(RepositoryId, Activity)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE repository SET pull_count = pull_count + v.n, updated_at = MAX(updated_at, v.at)
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS n,
                          json_extract(value, '$[2]') AS at FROM json_each($1)) v
             WHERE repository.id = v.id",
        postgres:
            "UPDATE repository SET pull_count = pull_count + v.n, updated_at = GREATEST(updated_at, v.at)
             FROM (SELECT r.id, (e->>1)::bigint AS n, (e->>2)::bigint AS at
                   FROM json_array_elements($1::json) e JOIN repository r ON r.id = (e->>0)::bigint
                   ORDER BY r.id FOR NO KEY UPDATE OF r) v
             WHERE repository.id = v.id",
    };
    let triples: Vec<String> = activities
        .iter()
        .map(|(id, of)| format!("[{id},{},{}]", of.pulls, of.pushed.map_or(0, Timestamp::as_micros)))
        .collect();
    execute!(conn, SQL, format!("[{}]", triples.join(",")))?;
    Ok(())
}

/// Records when manifests were last pulled.
pub async fn update_artifacts(conn: &mut Conn, pulls: &[(ArtifactId, Timestamp)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE artifact SET pull_time = MAX(pull_time, v.at)
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at FROM json_each($1)) v
             WHERE artifact.id = v.id",
        postgres: "UPDATE artifact SET pull_time = GREATEST(pull_time, v.at)
             FROM (SELECT a.id, (e->>1)::bigint AS at
                   FROM json_array_elements($1::json) e JOIN artifact a ON a.id = (e->>0)::bigint
                   FOR NO KEY UPDATE OF a SKIP LOCKED) v
             WHERE artifact.id = v.id",
    };
    let pairs: Vec<String> = pulls.iter().map(|(id, at)| format!("[{id},{}]", at.as_micros())).collect();
    execute!(conn, SQL, format!("[{}]", pairs.join(",")))?;
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
             FROM (SELECT t.id, (e->>2)::bigint AS at
                   FROM json_array_elements($1::json) e
                   JOIN tag t ON t.repository_id = (e->>0)::bigint AND t.name = e->>1
                   FOR NO KEY UPDATE OF t SKIP LOCKED) v
             WHERE tag.id = v.id",
    };
    let triples: Vec<String> =
        pulls.iter().map(|(id, name, at)| format!("[{id},\"{name}\",{}]", at.as_micros())).collect();
    execute!(conn, SQL, format!("[{}]", triples.join(",")))?;
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
