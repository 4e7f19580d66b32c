//! The one connection that writes to `SQLite`, with group commit.
//!
//! `SQLite` has one writer at a time, and with `synchronous=FULL` each commit
//! waits for the disk. So transactions share commits: each runs in a savepoint of
//! the open outer transaction; the committer, a task of its own, queues for the
//! connection behind those already waiting and commits for all of them at once.
//! A [`WriterGuard::commit`] returns only when that outer commit is on disk.
//!
//! A request may be dropped at any await. The driver then stops a text of several
//! statements after any of them, and nobody knows how far it came. So what opens and ends
//! savepoints runs in tasks of its own ([`unbroken`]) and always to the end: there is one
//! savepoint or none, as [`State`] says, and rolling back never reaches into the work of others.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};
use tracing::Instrument as _;

use crate::{Error, Result};

/// The writer, shared by everybody.
#[derive(Clone)]
pub(crate) struct Writer {
    state: Arc<Mutex<State>>,
    calls: Arc<Calls>,
}

/// How the committer is called.
#[derive(Default)]
struct Calls {
    now: Notify,
    soon: Notify,
}

/// How long a transaction that nobody waits for may stay uncommitted.
const SOON: Duration = Duration::from_millis(100);

struct State {
    conn: SqliteConnection,
    /// A savepoint was opened and neither released nor rolled back.
    in_savepoint: bool,
    /// The open outer transaction, and where its outcome will be told.
    batch: Option<watch::Sender<Outcome>>,
}

/// What became of an outer transaction.
#[derive(Clone, Debug, Default)]
enum Outcome {
    #[default]
    Pending,
    Committed,
    Failed(Arc<sqlx::Error>),
}

/// Exclusive use of the writer for one transaction; dropping it rolls back.
pub(crate) struct WriterGuard {
    // In this order: the writer is free before the committer is woken.
    state: OwnedMutexGuard<State>,
    wake: Wake,
}

/// Wakes the committer when dropped, so that no outer transaction is left open, whatever
/// became of those in it: it would keep other processes from writing.
struct Wake {
    calls: Arc<Calls>,
    /// Whether nobody waits for the commit.
    relaxed: bool,
}

impl Drop for Wake {
    fn drop(&mut self) {
        let call = if self.relaxed { &self.calls.soon } else { &self.calls.now };
        call.notify_one();
    }
}

/// Does `work` to its end, also when the caller is dropped meanwhile.
async fn unbroken<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work.in_current_span()).await.unwrap_or(Err(Error::Unavailable(sqlx::Error::WorkerCrashed)))
}

impl Writer {
    /// Takes over `conn` and starts the committer, which ends with the last clone.
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        let state = Arc::new(Mutex::new(State { conn, in_savepoint: false, batch: None }));
        let calls = Arc::new(Calls::default());
        tokio::spawn(committer(Arc::downgrade(&state), Arc::clone(&calls)));
        Self { state, calls }
    }

    /// Waits for the connection and opens a savepoint on it.
    pub(crate) async fn begin(&self) -> Result<WriterGuard> {
        let state = Arc::clone(&self.state).lock_owned().await;
        let wake = Wake { calls: Arc::clone(&self.calls), relaxed: false };
        let mut guard = WriterGuard { state, wake };
        unbroken(async move {
            guard.state.open_savepoint().await?;
            Ok(guard)
        })
        .await
    }

    /// Looks again how large tables are that have grown or shrunk a lot, so that queries are planned
    /// for what is there. Reads at most a thousand rows of each index.
    pub(crate) async fn refresh_statistics(&self) -> Result<()> {
        // All tables, not only those that this connection has asked.
        const SQL: &str = "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002";
        let mut state = self.state.lock().await;
        state.commit_batch().await;
        sqlx::raw_sql(SQL).execute(&mut state.conn).await?;
        Ok(())
    }

    /// Commits what is open. The last call, which nobody cancels.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.refresh_statistics().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "statistics stay as they are");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.calls.now.notify_one();
    }
}

impl WriterGuard {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.state.conn
    }

    /// Ends the savepoint and leaves the outer commit to others, or to [`SOON`].
    pub(crate) async fn commit_soon(self) -> Result<()> {
        unbroken(async move {
            let mut guard = self;
            guard.state.release_savepoint().await?;
            guard.wake.relaxed = true;
            Ok(())
        })
        .await
    }

    /// Ends the savepoint and waits until the outer commit is on disk.
    pub(crate) async fn commit(self) -> Result<()> {
        let released = unbroken(async move {
            // Moved as a whole: it has to be dropped before the outcome is waited for.
            let mut guard = self;
            guard.state.release_savepoint().await
        });
        let outcome = released.await?;
        let Some(mut outcome) = outcome else { return Err(Error::Unavailable(sqlx::Error::WorkerCrashed)) };
        let told = outcome.wait_for(|outcome| !matches!(outcome, Outcome::Pending)).await;
        match told.as_deref() {
            Ok(Outcome::Committed) => Ok(()),
            Ok(Outcome::Failed(error)) => Err(shared(error)),
            Ok(Outcome::Pending) | Err(_) => Err(Error::Unavailable(sqlx::Error::WorkerCrashed)),
        }
    }
}

/// The error of the shared commit, for each that took part.
fn shared(error: &Arc<sqlx::Error>) -> Error {
    let copy = |text: String| sqlx::Error::Io(std::io::Error::other(text));
    match Error::from(copy(error.to_string())) {
        Error::Unavailable(_) if is_full(error) => Error::NoSpace(copy(error.to_string())),
        other => other,
    }
}

fn is_full(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| crate::is_full(&code))
}

impl State {
    async fn open_savepoint(&mut self) -> Result<()> {
        self.settle().await;
        let open = if self.batch.is_none() { "BEGIN IMMEDIATE; SAVEPOINT tx" } else { "SAVEPOINT tx" };
        self.in_savepoint = true;
        self.batch.get_or_insert_default();
        if let Err(error) = sqlx::raw_sql(open).execute(&mut self.conn).await {
            self.settle().await;
            return Err(error.into());
        }
        Ok(())
    }

    /// Hands the savepoint's work to the batch; returns where its outcome will be told.
    async fn release_savepoint(&mut self) -> Result<Option<watch::Receiver<Outcome>>> {
        sqlx::raw_sql("RELEASE tx").execute(&mut self.conn).await?;
        self.in_savepoint = false;
        Ok(self.batch.as_ref().map(watch::Sender::subscribe))
    }

    /// Takes back what a dropped transaction left behind, and notices when `SQLite` itself
    /// has rolled back everything (as it does on a full disk or an I/O error).
    async fn settle(&mut self) {
        if !std::mem::take(&mut self.in_savepoint) {
            return;
        }
        let undone = sqlx::raw_sql("ROLLBACK TO tx; RELEASE tx").execute(&mut self.conn).await;
        let Err(error) = undone else { return };
        // Either the savepoint could not be opened, and the outer transaction goes on; or that is
        // gone, which shows in that a new one can be begun.
        if sqlx::raw_sql("BEGIN").execute(&mut self.conn).await.is_ok() {
            self.fail_batch(error).await;
        }
    }

    async fn commit_batch(&mut self) {
        self.settle().await;
        if self.batch.is_none() {
            return;
        }
        match sqlx::raw_sql("COMMIT").execute(&mut self.conn).await {
            Ok(_) => self.tell(Outcome::Committed),
            Err(error) => self.fail_batch(error).await,
        }
    }

    async fn fail_batch(&mut self, error: sqlx::Error) {
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut self.conn).await;
        self.tell(Outcome::Failed(Arc::new(error)));
    }

    fn tell(&mut self, outcome: Outcome) {
        if let Some(batch) = self.batch.take() {
            batch.send_replace(outcome);
        }
    }
}

/// Commits each batch once, after those that were waiting when it was asked to.
async fn committer(state: std::sync::Weak<Mutex<State>>, calls: Arc<Calls>) {
    loop {
        tokio::select! {
            () = calls.now.notified() => {}
            () = calls.soon.notified() => {
                let _ = tokio::time::timeout(SOON, calls.now.notified()).await;
            }
        }
        let Some(state) = state.upgrade() else { return };
        state.lock().await.commit_batch().await;
    }
}
