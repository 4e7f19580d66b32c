//! One query text for two databases: the connection, and the macros that run a
//! query on whichever it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use moka::sync::Cache;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};

use crate::sqlite_writer::WriterGuard;

/// A connection that queries run on: a reader, or the inside of a transaction.
pub struct Conn {
    pub(crate) inner: Inner,
    pub(crate) shared: Arc<Shared>,
}

/// What all connections of a database share.
pub(crate) struct Shared {
    /// Statements run so far.
    pub(crate) statements: AtomicU64,
    /// How long large lists were a moment ago (see `listing`).
    pub(crate) totals: Cache<String, i64>,
    /// Those who wait for work (see `wake`).
    pub(crate) wakes: crate::wake::Senders,
}

impl Default for Shared {
    fn default() -> Self {
        let totals = Cache::builder().max_capacity(1_000).time_to_live(Duration::from_secs(1)).build();
        Self { statements: AtomicU64::new(0), totals, wakes: crate::wake::Senders::default() }
    }
}

pub(crate) enum Inner {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteWriter(WriterGuard),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(sqlx::Transaction<'static, Postgres>),
}

/// The driver's own connection.
pub(crate) enum Raw<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    /// Whether rows have to be locked against transactions that run at the same time.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_) | Inner::PostgresTx(_))
    }

    /// The driver's connection, for one statement.
    pub(crate) fn raw(&mut self) -> Raw<'_> {
        self.shared.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.inner {
            Inner::SqliteReader(conn) => Raw::Sqlite(conn),
            Inner::SqliteWriter(guard) => Raw::Sqlite(guard.connection()),
            Inner::Postgres(conn) => Raw::Postgres(conn),
            Inner::PostgresTx(tx) => Raw::Postgres(tx),
        }
    }
}

/// A statement in both dialects; most are the same text.
#[derive(Clone, Copy)]
pub(crate) struct Sql {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self { sqlite: both, postgres: both }
    }
}

/// A statement that reads a list: `json_list!(text, "$2")` stands for the rows of the JSON
/// array bound at `$2`, so that one prepared statement serves lists of any length.
macro_rules! with_list {
    ($before:literal, $kind:ident $marker:literal, $after:literal) => {
        $crate::dialect::Sql {
            sqlite: concat!($before, "SELECT value FROM json_each(", $marker, ")", $after),
            postgres: concat!(
                $before,
                $crate::dialect::with_list!(@element $kind),
                $marker,
                "::json) AS value",
                $after
            ),
        }
    };
    (@element text) => { "SELECT value FROM json_array_elements_text(" };
    (@element int) => { "SELECT value::bigint FROM json_array_elements_text(" };
}
pub(crate) use with_list;

/// A statement that locks rows and skips those that others have: the lock stands between the two
/// texts, for `PostgreSQL`. `SQLite` has one writer at a time, and no such clause.
macro_rules! skipping_locked {
    ($before:expr, $after:literal) => {
        $crate::dialect::Sql {
            sqlite: concat!($before, $after),
            postgres: concat!($before, " FOR UPDATE SKIP LOCKED", $after),
        }
    };
}
pub(crate) use skipping_locked;

/// Declares a row and how to read it with either driver.
macro_rules! row {
    ($(#[$doc:meta])* struct $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        struct $name { $($field: $type),* }
        $crate::dialect::row!(@read $name, sqlx::sqlite::SqliteRow, $($field),*);
        $crate::dialect::row!(@read $name, sqlx::postgres::PgRow, $($field),*);
    };
    (@read $name:ident, $row:ty, $($field:ident),*) => {
        impl<'r> sqlx::FromRow<'r, $row> for $name {
            fn from_row(row: &'r $row) -> std::result::Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}
pub(crate) use row;

/// Runs a query body once per driver.
macro_rules! on {
    ($conn:expr, $sql:expr, |$text:ident, $raw:ident| $body:expr) => {{
        let sql = $crate::dialect::Sql::from($sql);
        let outcome: std::result::Result<_, sqlx::Error> = match $conn.raw() {
            $crate::dialect::Raw::Sqlite($raw) => {
                let $text = sql.sqlite;
                $body
            }
            $crate::dialect::Raw::Postgres($raw) => {
                let $text = sql.postgres;
                $crate::dialect::bounded(async { $body }).await
            }
        };
        outcome.map_err($crate::Error::from)
    }};
}
pub(crate) use on;

/// How long a server may take for one statement. One that falls silent must not hold requests
/// for as long as it likes; the driver tidies the connection up before it is used again.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);

/// Waits for `work`, but not for ever.
pub(crate) fn bounded<'a, T: 'a>(
    work: impl Future<Output = std::result::Result<T, sqlx::Error>> + Send + 'a,
) -> impl Future<Output = std::result::Result<T, sqlx::Error>> + Send + 'a {
    // Boxed, as the drivers' futures are large and each query would carry both drivers' in itself.
    let work: BoxFuture<'a, _> = Box::pin(work);
    async { tokio::time::timeout(STATEMENT_TIMEOUT, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) }
}

/// Runs a statement; the number of rows it touched.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::dialect::on!($conn, $sql, |text, raw|
            sqlx::query(text)$(.bind($arg))*.execute(raw).await.map(|done| done.rows_affected()))
    };
}
pub(crate) use execute;

/// Runs a query that gives one row or none.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::dialect::on!($conn, $sql, |text, raw|
            sqlx::query_as::<_, $row>(text)$(.bind($arg))*.fetch_optional(raw).await)
    };
}
pub(crate) use fetch_optional;

/// Runs a query that gives exactly one row.
macro_rules! fetch_one {
    ($conn:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::dialect::on!($conn, $sql, |text, raw|
            sqlx::query_as::<_, $row>(text)$(.bind($arg))*.fetch_one(raw).await)
    };
}
pub(crate) use fetch_one;

/// Runs a query that gives any number of rows.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::dialect::on!($conn, $sql, |text, raw|
            sqlx::query_as::<_, $row>(text)$(.bind($arg))*.fetch_all(raw).await)
    };
}
pub(crate) use fetch_all;

/// A value that a row holds but that this program would never have written.
pub(crate) fn corrupt(what: &str) -> crate::Error {
    crate::Error::Other(sqlx::Error::Decode(format!("{what} in the database can't be read").into()))
}

/// The JSON array that [`with_list`] statements take.
pub(crate) fn json_texts<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    // Digests, tags and decimal numbers need no escaping in JSON.
    let quoted: Vec<String> = values.into_iter().map(|value| format!("\"{value}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// As [`json_texts`], for numbers.
pub(crate) fn json_ints(values: impl IntoIterator<Item = i64>) -> String {
    let numbers: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    format!("[{}]", numbers.join(","))
}
