//! Rows of the processes that run tasks.

use minato_types::clock::Timestamp;

use crate::dialect::{execute, fetch_all, fetch_optional, row};
use crate::{Conn, Result};

row! {
    struct Row { id: String, host: String, pid: i64, slots: i64, started_at: i64, seen_at: i64 }
}

row! {
    struct SeenRow { seen_at: i64 }
}

/// A process that runs tasks.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Its name, made at its start.
    pub id: String,
    /// The machine it runs on.
    pub host: String,
    /// Its process id there.
    pub pid: i64,
    /// How many tasks it runs at once.
    pub slots: i64,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was heard of last.
    pub seen_at: Timestamp,
}

/// Tells that a worker lives.
pub async fn put(conn: &mut Conn, worker: &Worker) -> Result<()> {
    const SQL: &str = "INSERT INTO worker (id, host, pid, slots, started_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
    let (started, seen) = (worker.started_at.as_micros(), worker.seen_at.as_micros());
    execute!(conn, SQL, &worker.id, &worker.host, worker.pid, worker.slots, started, seen)?;
    Ok(())
}

/// The workers heard of since `after`, the oldest first.
pub async fn list(conn: &mut Conn, after: Timestamp) -> Result<Vec<Worker>> {
    const SQL: &str = "SELECT id, host, pid, slots, started_at, seen_at FROM worker WHERE seen_at > $1
         ORDER BY started_at, id";
    let rows = fetch_all!(conn, Row, SQL, after.as_micros())?;
    Ok(rows
        .into_iter()
        .map(|row| Worker {
            id: row.id,
            host: row.host,
            pid: row.pid,
            slots: row.slots,
            started_at: Timestamp::from_micros(row.started_at),
            seen_at: Timestamp::from_micros(row.seen_at),
        })
        .collect())
}

/// When any worker was heard of last.
pub async fn get_last_seen(conn: &mut Conn) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT seen_at FROM worker ORDER BY seen_at DESC LIMIT 1";
    Ok(fetch_optional!(conn, SeenRow, SQL)?.map(|row| Timestamp::from_micros(row.seen_at)))
}

/// Forgets a worker that has ended.
pub async fn delete(conn: &mut Conn, id: &str) -> Result<()> {
    execute!(conn, "DELETE FROM worker WHERE id = $1", id)?;
    Ok(())
}

/// Forgets those not heard of since `before`.
pub async fn delete_silent(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    execute!(conn, "DELETE FROM worker WHERE seen_at <= $1", before.as_micros())
}
