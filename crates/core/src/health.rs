//! Whether the parts work.

use std::time::Duration;

use minato_db::worker;

use crate::{App, Result};

/// After how long a silent process is taken for dead; those that run jobs are heard of every few seconds.
pub(crate) const SILENT: Duration = Duration::from_mins(1);

/// One part and what is wrong with it, if anything.
#[derive(Debug)]
pub struct Component {
    /// Harbor's name for the part.
    pub name: &'static str,
    /// What is wrong.
    pub error: Option<&'static str>,
}

/// Looks at every part. Open to everybody, so it names no address and quotes no error.
pub async fn check(app: &App) -> Vec<Component> {
    let (database, storage, jobs) = tokio::join!(app.db.check(), app.store.check(), runs_jobs(app));
    if let Err(error) = &database {
        tracing::warn!(%error, "the database is unhealthy");
    }
    if let Err(error) = &storage {
        tracing::warn!(%error, "the storage is unhealthy");
    }
    let jobs = match jobs {
        Ok(true) => None,
        Ok(false) => Some("no process runs jobs"),
        Err(error) => {
            tracing::warn!(%error, "the job queue is unhealthy");
            Some("the queue is in the database, which does not answer")
        }
    };
    let database = database.is_err().then_some("the database does not answer");
    let registry = storage.is_err().then_some("the storage does not answer");
    vec![
        Component { name: "core", error: None },
        Component { name: "database", error: database },
        Component { name: "jobservice", error: jobs },
        Component { name: "portal", error: None },
        Component { name: "registry", error: registry },
    ]
}

/// Whether any process that runs jobs was heard of lately, or this one has just begun to.
async fn runs_jobs(app: &App) -> Result<bool> {
    let since = app.clock.now().minus(SILENT);
    let mut conn = app.db.read().await?;
    let last = worker::get_last_seen(&mut conn).await?;
    let begun = app.metrics.jobs.pool().map(|pool| pool.started_at);
    Ok(last.max(begun).is_some_and(|at| at > since))
}
