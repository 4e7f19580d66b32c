//! Work that goes on beside requests: writing pull counts and the audit log, collecting garbage,
//! running jobs.
//!
//! Each piece has an interval and ends with the process; a failure is logged and tried
//! again at the next turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use minato_queue::{Options, Worker};

use crate::job::{Runner, cleanup, throughput};
use crate::{App, Result, audit, gc, growth, pull, webhook};

/// How often the database looks how large its tables have become.
const STATISTICS: Duration = Duration::from_mins(10);

/// The running background work.
pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    worker: Option<Worker>,
}

impl Background {
    /// Starts it.
    pub fn start(app: &Arc<App>) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let startup = app.startup();
        let ending = stop.clone();
        tasks.spawn(every(
            startup.pull_flush_interval,
            "pull counts",
            stop.clone(),
            Arc::clone(app),
            |app| async move { pull::flush(&app).await },
        ));
        tasks.spawn(every(
            startup.gc.interval,
            "garbage collection",
            stop.clone(),
            Arc::clone(app),
            move |app| {
                let ending = ending.clone();
                async move { gc::collect(&app, &ending).await }
            },
        ));
        tasks.spawn(every(STATISTICS, "statistics", stop.clone(), Arc::clone(app), |app| async move {
            Ok(app.db.refresh_statistics().await?)
        }));
        tasks.spawn(every(growth::INTERVAL, "growth", stop.clone(), Arc::clone(app), |app| async move {
            growth::sample(&app).await
        }));
        tasks.spawn(every(
            throughput::INTERVAL,
            "throughput of jobs",
            stop.clone(),
            Arc::clone(app),
            |app| async move { throughput::flush(&app).await },
        ));
        tasks.spawn(cleanup::watch(Arc::clone(app), stop.clone()));
        tasks.spawn(audit::run(Arc::clone(app), stop.clone()));
        tasks.spawn(webhook::pulls::run(Arc::clone(app), stop.clone()));
        let worker = (startup.job_workers > 0).then(|| {
            let (slots, lease) = (startup.job_workers, startup.job_lease);
            let options = Options { slots, lease, ..Options::default() };
            Worker::start(app.db.clone(), Arc::clone(&app.clock), Arc::new(Runner(Arc::clone(app))), options)
        });
        app.metrics.jobs.set_pool(worker.as_ref().map(|worker| worker.about().clone()));
        Self { stop, tasks, worker }
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) {
        // First, as jobs that end leave entries and counts for the others.
        if let Some(worker) = self.worker.take() {
            worker.stop().await;
        }
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
