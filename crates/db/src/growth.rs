//! Rows of what was used on which day. Days are counted since 1970-01-01 in UTC.

use minato_types::id::ProjectId;

use crate::dialect::{execute, fetch_all, fetch_one, row};
use crate::{Conn, Result};

row! {
    struct Row { day: i64, used: i64 }
}

row! {
    struct Ends { day: i64, project: i64 }
}

/// What was used at the end of a day, or when it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The day.
    pub day: i64,
    /// Bytes.
    pub used: i64,
}

/// Writes down what all projects together use on this day.
pub async fn put(conn: &mut Conn, sample: Sample) -> Result<()> {
    const SQL: &str = "INSERT INTO growth (day, used) VALUES ($1, $2)
         ON CONFLICT (day) DO UPDATE SET used = excluded.used";
    execute!(conn, SQL, sample.day, sample.used)?;
    Ok(())
}

/// Writes down what projects use on this day, of those whose ids are above `after` and not above `to`.
///
/// # Errors
/// [`Referenced`](crate::Error::Referenced) when one of them was deleted in the meantime.
pub async fn sample(conn: &mut Conn, day: i64, (after, to): (i64, i64)) -> Result<()> {
    // In one order, as others do it as well.
    const SQL: &str = "INSERT INTO project_growth (project_id, day, used)
         SELECT u.project_id, $1, u.used FROM
             (SELECT s.project_id, CAST(SUM(s.used) AS BIGINT) AS used FROM quota_slot s
              WHERE s.project_id > $2 AND s.project_id <= $3 GROUP BY s.project_id) u
         WHERE u.used <> COALESCE((SELECT g.used FROM project_growth g
             WHERE g.project_id = u.project_id ORDER BY g.day DESC LIMIT 1), -1)
         ORDER BY u.project_id
         ON CONFLICT (project_id, day) DO UPDATE SET used = excluded.used";
    execute!(conn, SQL, day, after, to)?;
    Ok(())
}

/// Forgets of these projects what is older than the day `since`, but for the last one before: it tells
/// what was used until the next.
pub async fn forget(conn: &mut Conn, since: i64, (after, to): (i64, i64)) -> Result<()> {
    const SQL: &str = "DELETE FROM project_growth
         WHERE project_id > $2 AND project_id <= $3 AND day < $1 AND EXISTS (SELECT 1 FROM project_growth n
             WHERE n.project_id = project_growth.project_id AND n.day > project_growth.day AND n.day <= $1)";
    execute!(conn, SQL, since, after, to)?;
    Ok(())
}

/// The last day on which anything was written down, and the last project's id; 0 for none.
pub async fn ends(conn: &mut Conn) -> Result<(i64, i64)> {
    const SQL: &str = "SELECT COALESCE((SELECT MAX(day) FROM growth), 0) AS day,
         COALESCE((SELECT MAX(id) FROM project), 0) AS project";
    let Ends { day, project } = fetch_one!(conn, Ends, SQL)?;
    Ok((day, project))
}

/// Samples of a project, by day: those since the day `since`, and the last one before.
pub async fn list_of_project(conn: &mut Conn, project: ProjectId, since: i64) -> Result<Vec<Sample>> {
    const SQL: &str = "SELECT day, used FROM project_growth WHERE project_id = $1 AND day >= COALESCE(
             (SELECT MAX(day) FROM project_growth WHERE project_id = $1 AND day <= $2), $2)
         ORDER BY day";
    Ok(fetch_all!(conn, Row, SQL, project.0, since)?.into_iter().map(Sample::from).collect())
}

/// As [`list_of_project`], of all projects together.
pub async fn list(conn: &mut Conn, since: i64) -> Result<Vec<Sample>> {
    const SQL: &str = "SELECT day, used FROM growth
         WHERE day >= COALESCE((SELECT MAX(day) FROM growth WHERE day <= $1), $1) ORDER BY day";
    Ok(fetch_all!(conn, Row, SQL, since)?.into_iter().map(Sample::from).collect())
}

impl From<Row> for Sample {
    fn from(Row { day, used }: Row) -> Self {
        Self { day, used }
    }
}
