//! Work that goes on beside requests: writing pull counts and the audit log, dropping expired
//! uploads and sessions.
//!
//! Each piece has an interval and ends with the process; a failure is logged and tried
//! again at the next turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{App, Result, audit, pull, session, upload};

/// The running background work.
pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts it.
    pub fn start(app: &Arc<App>) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let startup = app.startup();
        tasks.spawn(every(
            startup.pull_flush_interval,
            "pull counts",
            stop.clone(),
            Arc::clone(app),
            |app| async move { pull::flush(&app).await },
        ));
        tasks.spawn(every(
            startup.sweep_interval,
            "upload sweep",
            stop.clone(),
            Arc::clone(app),
            |app| async move { upload::sweep(&app).await },
        ));
        tasks.spawn(every(
            startup.sweep_interval,
            "session sweep",
            stop.clone(),
            Arc::clone(app),
            |app| async move { session::sweep(&app).await },
        ));
        tasks.spawn(audit::run(Arc::clone(app), stop.clone()));
        Self { stop, tasks }
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn every<F, Fut>(
    interval: Duration,
    what: &'static str,
    stop: CancellationToken,
    app: Arc<App>,
    work: F,
) where
    F: Fn(Arc<App>) -> Fut + Send,
    Fut: Future<Output = Result<()>> + Send,
{
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
        if let Err(error) = work(Arc::clone(&app)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, what, "background work failed");
        }
    }
}
