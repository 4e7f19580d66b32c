//! Taking away what has expired, as a job: uploads that nobody finished, with what the store has of
//! them, and sessions of people who signed in. Begun again it goes on with what is left.
//!
//! It is queued when there is something to do, by whichever replica sees that first, and after each
//! `upload_lifetime` for bytes that no row tells of.

use std::sync::Arc;

use minato_queue::{Cx, JobError};
use minato_types::clock::Timestamp;
use minato_types::job::Trigger;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::{JobKind, queue_single};
use crate::{App, Result, session, upload};

/// Looks every `sweep_interval` whether there is something to do.
pub(crate) async fn watch(app: Arc<App>, stop: CancellationToken) {
    // What an earlier process may have left behind is looked for at once.
    let mut walked_at = app.clock.now().minus(app.startup.upload_lifetime);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(app.startup.sweep_interval) => {}
        }
        if let Err(error) = queue(&app, &mut walked_at).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "can't queue the removal of what has expired"
            );
        }
    }
}

async fn queue(app: &App, walked_at: &mut Timestamp) -> Result<()> {
    let now = app.clock.now();
    if *walked_at > now.minus(app.startup.upload_lifetime) && !has_expired(app, now).await? {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    if queue_single(&mut tx, JobKind::Cleanup, Trigger::Schedule, &json!({}), now).await?.is_some() {
        tx.commit().await?;
    }
    *walked_at = now;
    Ok(())
}

async fn has_expired(app: &App, now: Timestamp) -> Result<bool> {
    let mut conn = app.db.read().await?;
    Ok(!minato_db::upload::list_expired(&mut conn, now, 1).await?.is_empty()
        || minato_db::session::has_expired(&mut conn, now).await?)
}

/// Runs the job.
pub(super) async fn run(app: &App, cx: &Cx) -> std::result::Result<Map<String, Value>, JobError> {
    let sessions = session::sweep(app).await?;
    cx.info(format!("dropped {sessions} expired sessions"));
    cx.checkpoint().await?;
    let uploads = upload::sweep(app).await?;
    cx.info(format!("dropped {uploads} expired uploads and leftovers of uploads"));
    let outcome = [("sessions", sessions), ("uploads", uploads)];
    Ok(outcome.into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect())
}
