//! Opening the database, and handing out connections and transactions.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, SqlitePool};

use crate::dialect::{Conn, Inner, Shared, bounded};
use crate::sqlite_writer::Writer;
use crate::wake::{Wake, Wakes};
use crate::{Error, Result, migrate};

/// Which database to use.
#[derive(Clone, Debug)]
pub enum Options {
    /// One file on local disk, for one process.
    Sqlite {
        /// The file; made when missing.
        path: PathBuf,
    },
    /// A server, for any number of replicas.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Most connections of this process.
        max_connections: u32,
    },
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    shared: Arc<Shared>,
}

#[derive(Clone)]
enum Engine {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

/// A transaction; dropping it without [`commit`](Self::commit) takes everything back.
pub struct Tx {
    conn: Conn,
    wakes: Vec<Wake>,
}

/// How long a request waits for a connection before it is told to try again later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

impl Db {
    /// Connects and brings the schema up to date.
    pub async fn open(options: &Options) -> Result<Self> {
        let engine = match options {
            Options::Sqlite { path } => open_sqlite(path).await?,
            Options::Postgres { url, max_connections } => open_postgres(url, *max_connections).await?,
        };
        let db = Self { engine, shared: Arc::default() };
        migrate::run(db.begin().await?).await?;
        Ok(db)
    }

    /// A connection to read from. What a transaction committed before this call is visible.
    pub async fn read(&self) -> Result<Conn> {
        let inner = match &self.engine {
            Engine::Sqlite { readers, .. } => Inner::SqliteReader(readers.acquire().await?),
            Engine::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        };
        Ok(Conn { inner, shared: Arc::clone(&self.shared) })
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.engine {
            Engine::Sqlite { writer, .. } => Inner::SqliteWriter(writer.begin().await?),
            Engine::Postgres(pool) => Inner::PostgresTx(bounded(pool.begin()).await?),
        };
        Ok(Tx { conn: Conn { inner, shared: Arc::clone(&self.shared) }, wakes: Vec::new() })
    }

    /// Whether this process is the only one that writes, so that what it remembers of the
    /// database can't be outdated by another.
    pub const fn is_exclusive(&self) -> bool {
        matches!(self.engine, Engine::Sqlite { .. })
    }

    /// Number of statements run so far, without `BEGIN` and `COMMIT`.
    pub fn statements(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// Has the embedded database look again how large its tables are; `PostgreSQL` does by itself. To
    /// be called now and then: with the figures of an almost empty database, queries of a large one
    /// read whole tables.
    pub async fn refresh_statistics(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.refresh_statistics().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Hears of what transactions wake, those of this process at once and those of others while
    /// [`listen`](Self::listen) runs.
    pub fn wakes(&self) -> Wakes {
        self.shared.wakes.subscribe()
    }

    /// Passes on what transactions of other processes wake, until dropped. Where there are no others
    /// it only waits.
    pub async fn listen(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite { .. } => std::future::pending().await,
            Engine::Postgres(pool) => crate::wake::listen(pool, &self.shared.wakes).await,
        }
    }

    /// Whether the database answers.
    pub async fn check(&self) -> Result<()> {
        let mut conn = self.read().await?;
        crate::dialect::execute!(conn, "SELECT 1")?;
        Ok(())
    }

    /// Commits what is under way and closes all connections.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { readers, writer } => {
                writer.close().await;
                readers.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes the changes durable and visible; returns when they are on disk.
    pub async fn commit(self) -> Result<()> {
        match self.conn.inner {
            Inner::SqliteWriter(guard) => guard.commit().await?,
            Inner::PostgresTx(tx) => bounded(tx.commit()).await?,
            Inner::SqliteReader(_) | Inner::Postgres(_) => {}
        }
        self.conn.shared.wakes.send(&self.wakes);
        Ok(())
    }

    /// Tells those who wait, in all replicas, once this is committed.
    pub async fn wake(&mut self, wake: Wake) -> Result<()> {
        if !self.wakes.contains(&wake) {
            self.wakes.push(wake);
            crate::wake::announce(&mut self.conn, wake).await?;
        }
        Ok(())
    }

    /// As [`commit`](Self::commit), without waiting for the disk: for what is worth nothing after
    /// a crash. On `SQLite` readers may see the changes up to a tenth of a second later; the
    /// transactions that follow see them at once.
    pub async fn commit_soon(mut self) -> Result<()> {
        if let Inner::PostgresTx(tx) = &mut self.conn.inner {
            bounded(sqlx::query("SET LOCAL synchronous_commit TO OFF").execute(&mut **tx)).await?;
        }
        match self.conn.inner {
            Inner::SqliteWriter(guard) => guard.commit_soon().await?,
            inner => return Self { conn: Conn { inner, ..self.conn }, ..self }.commit().await,
        }
        self.conn.shared.wakes.send(&self.wakes);
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

async fn open_sqlite(path: &std::path::Path) -> Result<Engine> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        // Keeps the write-ahead log from growing for ever under a steady stream of readers.
        .pragma("journal_size_limit", "67108864")
        // Rows cross from the driver's thread; waking up for every fifty costs more than finding them.
        .row_buffer_size(1000)
        .disable_statement_logging();
    let writer = options.connect().await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(options.read_only(true))
        .await?;
    Ok(Engine::Sqlite { readers, writer: Writer::new(writer) })
}

async fn open_postgres(url: &str, max_connections: u32) -> Result<Engine> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Error::Address(format!("the database URL can't be read: {error}")))?
        .application_name("minato")
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Whether one still stands is asked of those that were not used for a while: the answer takes as
        // long as a query.
        .test_before_acquire(false)
        .before_acquire(|conn, about| {
            Box::pin(async move {
                if about.idle_for > Duration::from_secs(1) {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(Engine::Postgres(pool))
}
