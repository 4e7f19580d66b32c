//! Rows of what was used on which day. Days are counted since 1970-01-01 in UTC.

use minato_types::id::ProjectId;

use crate::dialect::{execute, fetch_all, fetch_optional, row};
use crate::slice::SLICE;
use crate::{Conn, Db, Result};

row! {
    struct Row { day: i64, used: i64 }
}

row! {
    struct Last { id: Option<i64> }
}

/// What was used at the end of a day, or when it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The day.
    pub day: i64,
    /// Bytes.
    pub used: i64,
}

/// Writes down what each project uses on this day, and all of them together, and forgets of projects
/// what is older than `since`.
pub async fn sample(db: &Db, day: i64, since: i64) -> Result<()> {
    const ALL: &str = "INSERT INTO growth (day, used)
         SELECT $1, CAST(COALESCE(SUM(used), 0) AS BIGINT) FROM quota_slot WHERE TRUE
         ON CONFLICT (day) DO UPDATE SET used = excluded.used";
    let mut conn = db.read().await?;
    let last = fetch_optional!(conn, Last, "SELECT MAX(id) AS id FROM project")?.and_then(|row| row.id);
    drop(conn);
    let slice = i64::try_from(SLICE).unwrap_or(i64::MAX);
    let mut after = 0;
    while after < last.unwrap_or(0) {
        let mut tx = db.begin().await?;
        sample_some(&mut tx, day, (after, after + slice)).await?;
        forget_some(&mut tx, since, (after, after + slice)).await?;
        tx.commit().await?;
        after += slice;
    }
    let mut tx = db.begin().await?;
    execute!(tx, ALL, day)?;
    tx.commit().await
}

async fn sample_some(conn: &mut Conn, day: i64, (after, to): (i64, i64)) -> Result<()> {
    const SQL: &str = "INSERT INTO project_growth (project_id, day, used)
         SELECT u.project_id, $1, u.used FROM
             (SELECT s.project_id, CAST(SUM(s.used) AS BIGINT) AS used FROM quota_slot s
              WHERE s.project_id > $2 AND s.project_id <= $3 GROUP BY s.project_id) u
         WHERE u.used <> COALESCE((SELECT g.used FROM project_growth g
             WHERE g.project_id = u.project_id ORDER BY g.day DESC LIMIT 1), -1)
         ON CONFLICT (project_id, day) DO UPDATE SET used = excluded.used";
    execute!(conn, SQL, day, after, to)?;
    Ok(())
}

/// The last one before stays: it tells what was used until the next.
async fn forget_some(conn: &mut Conn, since: i64, (after, to): (i64, i64)) -> Result<()> {
    const SQL: &str = "DELETE FROM project_growth
         WHERE project_id > $2 AND project_id <= $3 AND day < $1 AND EXISTS (SELECT 1 FROM project_growth n
             WHERE n.project_id = project_growth.project_id AND n.day > project_growth.day AND n.day <= $1)";
    execute!(conn, SQL, since, after, to)?;
    Ok(())
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
