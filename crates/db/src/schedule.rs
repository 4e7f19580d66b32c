//! Rows of schedules: what begins by itself, and when next.

use minato_types::clock::Timestamp;
use minato_types::id::ScheduleId;
use minato_types::query::Query;

use crate::dialect::{execute, fetch_all, fetch_one, fetch_optional, row};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        vendor_type: String,
        vendor_id: i64,
        cron_type: String,
        cron: String,
        parameters: String,
        next_at: i64,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct IdRow { id: i64 }
}

/// A schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Row id.
    pub id: ScheduleId,
    /// What kind of thing it is for, in Harbor's word.
    pub vendor_type: String,
    /// Which of them.
    pub vendor_id: i64,
    /// What the client called it: `Hourly`, `Custom` and so on.
    pub cron_type: String,
    /// When it fires, in UTC.
    pub cron: String,
    /// What is to be done then, as JSON.
    pub parameters: String,
    /// When it fires next.
    pub next_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A schedule to be made, or what one is to become.
pub struct NewSchedule<'a> {
    /// What kind of thing it is for.
    pub vendor_type: &'a str,
    /// Which of them.
    pub vendor_id: i64,
    /// What the client calls it.
    pub cron_type: &'a str,
    /// When it fires.
    pub cron: &'a str,
    /// What is to be done then, as JSON.
    pub parameters: &'a str,
    /// When it fires next.
    pub next_at: Timestamp,
}

impl From<Row> for Schedule {
    fn from(row: Row) -> Self {
        Self {
            id: ScheduleId(row.id),
            vendor_type: row.vendor_type,
            vendor_id: row.vendor_id,
            cron_type: row.cron_type,
            cron: row.cron,
            parameters: row.parameters,
            next_at: Timestamp::from_micros(row.next_at),
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

const LIST: Spec = Spec {
    base: "schedule s",
    from: "schedule s",
    columns: "s.id, s.vendor_type, s.vendor_id, s.cron_type, s.cron, s.parameters, s.next_at, s.created_at,
        s.updated_at",
    key: "s.id",
    fields: &[Field { name: "id", sql: "s.id", kind: Kind::Int, sortable: true }],
    order: &[("s.id", false)],
};

/// All schedules.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<Schedule>, i64)> {
    let (rows, total) = Listing::new(&LIST, query)?.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Schedule::from).collect(), total))
}

/// The schedule of a thing.
pub async fn get(conn: &mut Conn, vendor_type: &str, vendor_id: i64) -> Result<Option<Schedule>> {
    const SQL: &str = "SELECT id, vendor_type, vendor_id, cron_type, cron, parameters, next_at, created_at,
            updated_at
         FROM schedule WHERE vendor_type = $1 AND vendor_id = $2";
    Ok(fetch_optional!(conn, Row, SQL, vendor_type, vendor_id)?.map(Schedule::from))
}

/// Makes the schedule of a thing; `Conflict` when it has one.
pub async fn insert(conn: &mut Conn, new: &NewSchedule<'_>, now: Timestamp) -> Result<ScheduleId> {
    const SQL: &str = "INSERT INTO schedule
            (vendor_type, vendor_id, cron_type, cron, parameters, next_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id";
    let (next, now) = (new.next_at.as_micros(), now.as_micros());
    let NewSchedule { vendor_type, vendor_id, cron_type, cron, parameters, .. } = new;
    let row =
        fetch_one!(conn, IdRow, SQL, *vendor_type, *vendor_id, *cron_type, *cron, *parameters, next, now)?;
    Ok(ScheduleId(row.id))
}

/// Makes or changes the schedule of a thing.
pub async fn put(conn: &mut Conn, new: &NewSchedule<'_>, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO schedule
            (vendor_type, vendor_id, cron_type, cron, parameters, next_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (vendor_type, vendor_id) DO UPDATE SET cron_type = excluded.cron_type,
            cron = excluded.cron, parameters = excluded.parameters, next_at = excluded.next_at,
            updated_at = excluded.updated_at";
    let (next, now) = (new.next_at.as_micros(), now.as_micros());
    let NewSchedule { vendor_type, vendor_id, cron_type, cron, parameters, .. } = new;
    execute!(conn, SQL, *vendor_type, *vendor_id, *cron_type, *cron, *parameters, next, now)?;
    Ok(())
}

/// Drops the schedule of a thing; whether there was one.
pub async fn delete(conn: &mut Conn, vendor_type: &str, vendor_id: i64) -> Result<bool> {
    const SQL: &str = "DELETE FROM schedule WHERE vendor_type = $1 AND vendor_id = $2";
    Ok(execute!(conn, SQL, vendor_type, vendor_id)? > 0)
}

/// The schedules whose time has come; none while the queue `scheduler` is paused.
pub async fn list_due(conn: &mut Conn, now: Timestamp, scheduler: &str) -> Result<Vec<Schedule>> {
    const SQL: &str = "SELECT id, vendor_type, vendor_id, cron_type, cron, parameters, next_at, created_at,
            updated_at
         FROM schedule WHERE next_at <= $1
            AND NOT EXISTS (SELECT 1 FROM job_queue WHERE kind = $2 AND paused)
         ORDER BY next_at LIMIT 100";
    Ok(fetch_all!(conn, Row, SQL, now.as_micros(), scheduler)?.into_iter().map(Schedule::from).collect())
}

/// Moves a schedule on, if nobody else has: of all that see its time come one is told `true`.
pub async fn advance(conn: &mut Conn, due: &Schedule, next_at: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE schedule SET next_at = $3 WHERE id = $1 AND next_at = $2 AND updated_at = $4";
    let (due_at, next) = (due.next_at.as_micros(), next_at.as_micros());
    Ok(execute!(conn, SQL, due.id.0, due_at, next, due.updated_at.as_micros())? > 0)
}
