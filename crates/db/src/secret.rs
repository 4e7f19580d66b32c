//! Rows of what the server itself must keep secret, shared by all replicas.

use minato_types::clock::Timestamp;

use crate::dialect::{execute, fetch_optional, row};
use crate::{Conn, Result};

row! {
    struct Row { value: Vec<u8> }
}

/// The secret called `name`.
pub async fn get(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>> {
    let found = fetch_optional!(conn, Row, "SELECT value FROM server_secret WHERE name = $1", name)?;
    Ok(found.map(|row| row.value))
}

/// Stores a secret unless one of that name exists, as when two replicas start together.
pub async fn insert_if_absent(conn: &mut Conn, name: &str, value: &[u8], now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO server_secret (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    execute!(conn, SQL, name, value, now.as_micros())?;
    Ok(())
}
