//! Rows of how often manifests of a project were pushed and pulled on which day. Days are counted
//! since 1970-01-01 in UTC.

use minato_types::id::ProjectId;

use crate::dialect::{Sql, execute, fetch_all, json_ints, row, with_list};
use crate::{Conn, Result};

row! {
    struct Row { day: i64, pushes: i64, pulls: i64 }
}

/// What happened to a project on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The day.
    pub day: i64,
    /// How many manifests were pushed.
    pub pushes: i64,
    /// How many were pulled.
    pub pulls: i64,
}

/// Counts more of it; not for projects that are gone. In a transaction of its own, as it waits for
/// others that do the same.
pub async fn add(conn: &mut Conn, counts: &[(ProjectId, Count)]) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO project_activity (project_id, day, pushes, pulls)
             SELECT p.id, json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
             FROM json_each($1) JOIN project p ON p.id = json_extract(value, '$[0]') WHERE TRUE
             ON CONFLICT (project_id, day) DO UPDATE SET
                pushes = project_activity.pushes + excluded.pushes, pulls = project_activity.pulls + excluded.pulls",
        // In one order, as others count as well.
        postgres: "INSERT INTO project_activity (project_id, day, pushes, pulls)
             SELECT v.id, v.day, v.pushes, v.pulls FROM
                (SELECT p.id, (e->>1)::bigint AS day, (e->>2)::bigint AS pushes, (e->>3)::bigint AS pulls
                 FROM json_array_elements($1::json) AS e JOIN project p ON p.id = (e->>0)::bigint
                 ORDER BY p.id, day FOR KEY SHARE OF p) v
             ON CONFLICT (project_id, day) DO UPDATE SET
                pushes = project_activity.pushes + excluded.pushes, pulls = project_activity.pulls + excluded.pulls",
    };
    let rows: Vec<_> = counts.iter().map(|(id, of)| [id.0, of.day, of.pushes, of.pulls]).collect();
    execute!(conn, SQL, serde_json::json!(rows).to_string())?;
    Ok(())
}

/// Forgets what was before the day `since`, of projects whose ids are above `after` and not above `to`.
pub async fn forget(conn: &mut Conn, since: i64, (after, to): (i64, i64)) -> Result<()> {
    const SQL: &str = "DELETE FROM project_activity WHERE project_id > $2 AND project_id <= $3 AND day < $1";
    execute!(conn, SQL, since, after, to)?;
    Ok(())
}

/// What happened to a project since the day `since`, by day.
pub async fn list(conn: &mut Conn, project: ProjectId, since: i64) -> Result<Vec<Count>> {
    const SQL: &str = "SELECT day, pushes, pulls FROM project_activity
         WHERE project_id = $1 AND day >= $2 ORDER BY day";
    let count = |Row { day, pushes, pulls }: Row| Count { day, pushes, pulls };
    Ok(fetch_all!(conn, Row, SQL, project.0, since)?.into_iter().map(count).collect())
}

/// Pushes and pulls of projects since the day `since`, by their ids; of those that had any.
pub async fn sum(conn: &mut Conn, projects: &[ProjectId], since: i64) -> Result<Vec<(ProjectId, i64, i64)>> {
    row! {
        struct Sum { project_id: i64, pushes: i64, pulls: i64 }
    }
    const SQL: Sql = with_list!(
        "SELECT project_id, CAST(SUM(pushes) AS BIGINT) AS pushes, CAST(SUM(pulls) AS BIGINT) AS pulls
         FROM project_activity WHERE day >= $2 AND project_id IN (",
        int "$1",
        ") GROUP BY project_id"
    );
    let rows = fetch_all!(conn, Sum, SQL, json_ints(projects.iter().map(|id| id.0)), since)?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.project_id), row.pushes, row.pulls)).collect())
}
