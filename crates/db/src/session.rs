//! Rows of browsers' sessions. The key is a hash of what the cookie holds, so that nobody who reads
//! the table can take a session over.

use minato_types::clock::Timestamp;
use minato_types::id::UserId;

use crate::dialect::{execute, fetch_optional, row};
use crate::{Conn, Result};

row! {
    struct Row {
        user_id: i64,
        username: String,
        sysadmin: bool,
        expires_at: i64,
    }
}

/// A session that is open, and whose it is.
pub struct Session {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub username: String,
    /// Whether it is a system administrator at this moment.
    pub sysadmin: bool,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
}

/// Adds a session.
pub async fn insert(
    conn: &mut Conn,
    id_hash: &str,
    user: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    const SQL: &str =
        "INSERT INTO session (id_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    execute!(conn, SQL, id_hash, user.0, now.as_micros(), expires_at.as_micros())?;
    Ok(())
}

/// The session with this hash, if it is still good.
pub async fn get(conn: &mut Conn, id_hash: &str, now: Timestamp) -> Result<Option<Session>> {
    const SQL: &str = "SELECT s.user_id, u.username, u.sysadmin, s.expires_at
         FROM session s JOIN users u ON u.id = s.user_id
         WHERE s.id_hash = $1 AND s.expires_at > $2 AND NOT u.deleted";
    let found = fetch_optional!(conn, Row, SQL, id_hash, now.as_micros())?;
    Ok(found.map(|row| Session {
        user: UserId(row.user_id),
        username: row.username,
        sysadmin: row.sysadmin,
        expires_at: Timestamp::from_micros(row.expires_at),
    }))
}

/// Lets a session go on; one that was ended meanwhile stays ended.
pub async fn extend(conn: &mut Conn, id_hash: &str, expires_at: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE session SET expires_at = $2 WHERE id_hash = $1";
    execute!(conn, SQL, id_hash, expires_at.as_micros())?;
    Ok(())
}

/// Ends a session.
pub async fn delete(conn: &mut Conn, id_hash: &str) -> Result<()> {
    execute!(conn, "DELETE FROM session WHERE id_hash = $1", id_hash)?;
    Ok(())
}

/// Ends all sessions of a user.
pub async fn delete_of_user(conn: &mut Conn, user: UserId) -> Result<()> {
    execute!(conn, "DELETE FROM session WHERE user_id = $1", user.0)?;
    Ok(())
}

/// How many sessions are kept.
pub async fn count(conn: &mut Conn) -> Result<usize> {
    row! {
        struct CountRow { n: i64 }
    }
    let row = fetch_optional!(conn, CountRow, "SELECT COUNT(*) AS n FROM session")?;
    Ok(row.map_or(0, |row| usize::try_from(row.n).unwrap_or_default()))
}

/// Whether the time of any session is over.
pub async fn has_expired(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    row! {
        struct ExpiryRow { expires_at: i64 }
    }
    const SQL: &str = "SELECT expires_at FROM session ORDER BY expires_at LIMIT 1";
    let first = fetch_optional!(conn, ExpiryRow, SQL)?;
    Ok(first.is_some_and(|row| row.expires_at <= now.as_micros()))
}

/// Drops sessions whose time is over; how many.
pub async fn delete_expired(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    execute!(conn, "DELETE FROM session WHERE expires_at <= $1", now.as_micros())
}
