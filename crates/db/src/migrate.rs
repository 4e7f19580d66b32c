//! Brings the schema up to date at start.
//!
//! One text per migration serves both databases; where they differ in a word, a
//! marker stands for it. Forward only: the old program must run on the new schema,
//! so that replicas can be replaced one by one.

use sqlx::AssertSqlSafe;

use crate::dialect::{Raw, execute, fetch_one, row};
use crate::pool::Tx;
use crate::{Conn, Error, Result};

/// Number, name and text, in order.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../migrations/0001_registry.sql")),
    (2, "management", include_str!("../migrations/0002_management.sql")),
    (3, "jobs", include_str!("../migrations/0003_jobs.sql")),
    (4, "scan", include_str!("../migrations/0004_scan.sql")),
    (5, "fsck", include_str!("../migrations/0005_fsck.sql")),
    (6, "undo", include_str!("../migrations/0006_undo.sql")),
    (7, "sequences", include_str!("../migrations/0007_sequences.sql")),
    (8, "growth", include_str!("../migrations/0008_growth.sql")),
    (9, "turns", include_str!("../migrations/0009_turns.sql")),
    (10, "activity", include_str!("../migrations/0010_activity.sql")),
];

row! {
    struct Version { version: i64 }
}

/// Applies what is missing. Replicas that start together wait for each other.
///
/// # Errors
/// [`Error::NewerSchema`] when the database was last used by a newer program.
pub(crate) async fn run(mut tx: Tx) -> Result<()> {
    if let Raw::Postgres(conn) = tx.raw() {
        // Any number, so long as it is always the same; held until the transaction ends.
        sqlx::query("SELECT pg_advisory_xact_lock(7046812)").execute(conn).await?;
    }
    execute!(
        tx,
        "CREATE TABLE IF NOT EXISTS schema_migration
         (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
    )?;
    let found =
        fetch_one!(tx, Version, "SELECT COALESCE(MAX(version), 0) AS version FROM schema_migration")?.version;
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    if found > known {
        return Err(Error::NewerSchema { found, known });
    }
    for (version, name, text) in MIGRATIONS.iter().filter(|(version, ..)| *version > found) {
        apply(&mut tx, text).await?;
        execute!(
            tx,
            "INSERT INTO schema_migration (version, name, applied_at) VALUES ($1, $2, 0)",
            version,
            name
        )?;
        tracing::info!(version, name, "applied a schema migration");
    }
    tx.commit().await
}

async fn apply(conn: &mut Conn, text: &str) -> Result<()> {
    match conn.raw() {
        Raw::Sqlite(conn) => {
            let text = text
                .replace("@ID@", "INTEGER PRIMARY KEY AUTOINCREMENT")
                .replace("@NAME@", "TEXT")
                .replace("@BYTES@", "BLOB");
            sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await?;
        }
        Raw::Postgres(conn) => {
            let text = text
                .replace("@ID@", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
                .replace("@NAME@", "TEXT COLLATE \"C\"")
                .replace("@BYTES@", "BYTEA");
            sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await?;
        }
    }
    Ok(())
}
