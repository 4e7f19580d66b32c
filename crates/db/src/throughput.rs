//! Rows of how many jobs came to an end in which hour. Hours are counted since 1970-01-01 in UTC.

use crate::dialect::{Sql, execute, fetch_all, row};
use crate::{Conn, Result};

row! {
    struct Row { hour: i64, kind: String, outcome: String, jobs: i64 }
}

/// The jobs of one kind that ended in one way within an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The hour.
    pub hour: i64,
    /// The kind.
    pub kind: String,
    /// How they ended.
    pub outcome: String,
    /// How many.
    pub jobs: i64,
}

/// Counts more of them.
pub async fn add(conn: &mut Conn, counts: &[Count]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO throughput (hour, kind, outcome, jobs)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                    json_extract(value, '$[3]') FROM json_each($1) WHERE TRUE
             ON CONFLICT (hour, kind, outcome) DO UPDATE SET jobs = throughput.jobs + excluded.jobs",
        // In one order, as others count as well.
        postgres: "INSERT INTO throughput (hour, kind, outcome, jobs)
             SELECT (e->>0)::bigint AS hour, e->>1 AS kind, e->>2 AS outcome, (e->>3)::bigint
             FROM json_array_elements($1::json) AS e ORDER BY hour, kind, outcome
             ON CONFLICT (hour, kind, outcome) DO UPDATE SET jobs = throughput.jobs + excluded.jobs",
    };
    let rows: Vec<_> = counts
        .iter()
        .map(|count| serde_json::json!([count.hour, count.kind, count.outcome, count.jobs]))
        .collect();
    execute!(conn, SQL, serde_json::Value::Array(rows).to_string())?;
    Ok(())
}

/// Forgets what was before the hour `since`.
pub async fn forget(conn: &mut Conn, since: i64) -> Result<()> {
    execute!(conn, "DELETE FROM throughput WHERE hour < $1", since)?;
    Ok(())
}

/// What ended since the hour `since`, by hour and kind.
pub async fn list(conn: &mut Conn, since: i64) -> Result<Vec<Count>> {
    const SQL: &str = "SELECT hour, kind, outcome, jobs FROM throughput WHERE hour >= $1
         ORDER BY hour, kind, outcome";
    let count = |row: Row| Count { hour: row.hour, kind: row.kind, outcome: row.outcome, jobs: row.jobs };
    Ok(fetch_all!(conn, Row, SQL, since)?.into_iter().map(count).collect())
}
