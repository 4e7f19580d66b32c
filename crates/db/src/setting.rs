//! Rows of settings that were changed at run time; values are JSON.

use minato_types::clock::Timestamp;

use crate::dialect::{execute, fetch_all, row};
use crate::{Conn, Result};

row! {
    struct Row { name: String, value: String }
}

/// Everything that was set.
pub async fn list(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    let rows = fetch_all!(conn, Row, "SELECT name, value FROM setting")?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Sets one.
pub async fn upsert(conn: &mut Conn, name: &str, value: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    execute!(conn, SQL, name, value, now.as_micros())?;
    Ok(())
}
