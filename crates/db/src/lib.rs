//! The database: tables, migrations and queries for `SQLite` and `PostgreSQL`.
//!
//! A query is written once and runs on both. This crate says *how* to find and
//! change rows; *whether* somebody may is decided in `core`. Not-found is an
//! `Option` here.
#![warn(missing_docs)]

mod dialect;
mod listing;
mod migrate;
mod pool;
mod slice;
mod sqlite_writer;
mod wake;

pub mod activity;
pub mod allowlist;
pub mod artifact;
pub mod audit;
pub mod blob;
pub mod check;
pub mod deletion;
pub mod execution;
pub mod garbage;
pub mod growth;
pub mod immutable;
pub mod label;
pub mod member;
pub mod metadata;
pub mod metrics;
pub mod project;
pub mod pull;
pub mod quarantine;
pub mod quota;
pub mod repository;
pub mod retention;
pub mod robot;
pub mod scan;
pub mod scanner;
pub mod schedule;
pub mod search;
pub mod secret;
pub mod session;
pub mod setting;
pub mod statistic;
pub mod tag;
pub mod task;
pub mod throughput;
pub mod upload;
pub mod user;
pub mod usergroup;
pub mod webhook;
pub mod worker;

pub use dialect::Conn;
pub use listing::Window;
pub use pool::{Db, Options, Tx};
pub use wake::{Wake, Wakes};

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with the same key exists. `SQLite` does not say which key, so the caller
    /// names it.
    #[error("a row with the same key exists")]
    Conflict,
    /// Another row still refers to this one, or a row referred to is gone.
    #[error("another row refers to it")]
    Referenced,
    /// The database can't be reached or is overloaded; trying again may help.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The volume that holds the database is full.
    #[error("the database has no space left")]
    NoSpace(#[source] sqlx::Error),
    /// The schema was made by a newer Minato.
    #[error(
        "the database has schema {found}, this program knows up to {known}; start a newer Minato, or restore a backup that was made before the upgrade"
    )]
    NewerSchema {
        /// Number of the newest migration in the database.
        found: i64,
        /// Number of the newest migration in this program.
        known: i64,
    },
    /// A list can't be asked for like this; the text says why.
    #[error("{0}")]
    Query(String),
    /// The database address can't be used.
    #[error("{0}")]
    Address(String),
    /// Anything else.
    #[error("database failure: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Self::Conflict,
                ErrorKind::ForeignKeyViolation => Self::Referenced,
                _ => match database.code().as_deref() {
                    Some(code) if is_full(code) => Self::NoSpace(error),
                    Some(code) if is_transient(code) => Self::Unavailable(error),
                    _ => Self::Other(error),
                },
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Other(error),
        }
    }
}

/// `SQLite`: `SQLITE_FULL`. `PostgreSQL`: `disk_full`.
fn is_full(code: &str) -> bool {
    matches!(code, "13" | "53100")
}

/// `SQLite`: busy, locked, I/O error and can't open (with their extended codes, which keep the
/// primary code in the low byte). `PostgreSQL`: connection, resource and shutdown classes,
/// deadlock and serialization failure.
fn is_transient(code: &str) -> bool {
    let sqlite = code.len() != 5 && code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 10 | 14));
    let postgres = code.len() == 5
        && (["08", "53", "57"].iter().any(|class| code.starts_with(class))
            || matches!(code, "40001" | "40P01"));
    sqlite || postgres
}

/// The result of a query.
pub type Result<T> = std::result::Result<T, Error>;
