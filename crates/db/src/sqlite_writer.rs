//! The one connection that writes to `SQLite`, with group commit.
//!
//! `SQLite` has one writer at a time, and with `synchronous=FULL` each commit
//! waits for the disk. So transactions share commits: each runs in a savepoint of
//! the open outer transaction; the committer, a task of its own, queues for the
//! connection behind those already waiting and commits for all of them at once.
//! A [`WriterGuard::commit`] returns only when that outer commit is on disk.

use std::sync::Arc;

use sqlx::SqliteConnection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

use crate::{Error, Result};

/// The writer, shared by everybody.
#[derive(Clone)]
pub(crate) struct Writer {
    state: Arc<Mutex<State>>,
    wake: Arc<Notify>,
}

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
    state: OwnedMutexGuard<State>,
    wake: Arc<Notify>,
}

impl Writer {
    /// Takes over `conn` and starts the committer, which ends with the last clone.
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        let state = Arc::new(Mutex::new(State { conn, in_savepoint: false, batch: None }));
        let wake = Arc::new(Notify::new());
        tokio::spawn(committer(Arc::downgrade(&state), Arc::clone(&wake)));
        Self { state, wake }
    }

    /// Waits for the connection and opens a savepoint on it.
    pub(crate) async fn begin(&self) -> Result<WriterGuard> {
        let mut state = Arc::clone(&self.state).lock_owned().await;
        state.settle().await;
        let open = if state.batch.is_none() { "BEGIN IMMEDIATE; SAVEPOINT tx" } else { "SAVEPOINT tx" };
        // Noted before the statement runs: whoever is cancelled in the middle of it leaves
        // it to the next one to find out how far it came.
        state.in_savepoint = true;
        state.batch.get_or_insert_default();
        if let Err(error) = sqlx::raw_sql(open).execute(&mut state.conn).await {
            state.settle().await;
            return Err(error.into());
        }
        Ok(WriterGuard { state, wake: Arc::clone(&self.wake) })
    }

    /// Commits what is open and closes the connection.
    pub(crate) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.commit_batch().await;
        let _ = sqlx::raw_sql("PRAGMA optimize").execute(&mut state.conn).await;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

impl WriterGuard {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.state.conn
    }

    /// Ends the savepoint and waits until the outer commit is on disk.
    pub(crate) async fn commit(mut self) -> Result<()> {
        sqlx::raw_sql("RELEASE tx").execute(&mut self.state.conn).await?;
        self.state.in_savepoint = false;
        let outcome = self.state.batch.as_ref().map(watch::Sender::subscribe);
        self.wake.notify_one();
        drop(self.state);
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
    /// Takes back what a dropped transaction left behind, and notices when `SQLite` itself
    /// has rolled back everything (as it does on a full disk or an I/O error).
    async fn settle(&mut self) {
        if !std::mem::take(&mut self.in_savepoint) {
            return;
        }
        let undone = sqlx::raw_sql("ROLLBACK TO tx; RELEASE tx").execute(&mut self.conn).await;
        let Err(error) = undone else { return };
        // Either the savepoint had not been opened yet or was released already, and the outer
        // transaction goes on; or that is gone, which shows in that a new one can be begun.
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
async fn committer(state: std::sync::Weak<Mutex<State>>, wake: Arc<Notify>) {
    loop {
        wake.notified().await;
        let Some(state) = state.upgrade() else { return };
        state.lock().await.commit_batch().await;
    }
}
