//! Writes what waits: at once when nothing was written for a moment, else what has gathered since,
//! so that many pulls cost few commits.

use std::sync::Arc;
use std::time::Duration;

use minato_db::audit::Record;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{EventType, Waiting, forward};
use crate::settings::{self, Values, keys};
use crate::{App, Error, Result};

/// Most entries in one statement.
const BATCH: usize = 500;
/// How long entries gather between two batches.
const GATHER: Duration = Duration::from_millis(100);
/// How long to wait after the database refused a batch.
const PAUSE: Duration = Duration::from_secs(1);

/// Writes and sends on until it is stopped; what waits then is written first.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let (sender, lines) = mpsc::channel(forward::MAX_WAITING);
    let writing = async {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = app.audit.wake.notified() => {}
            }
            let mut pause = GATHER;
            if let Err(error) = write_all(&app, Some(&sender)).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the audit log can't be written");
                pause = PAUSE;
                app.audit.wake.notify_one();
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        if let Err(error) = write_all(&app, Some(&sender)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the audit log was not written");
        }
        drop(sender);
    };
    tokio::join!(writing, forward::run(&app, lines, &stop));
}

/// Writes what waits. Happens by itself, and once more at the end.
pub async fn flush(app: &App) -> Result<()> {
    write_all(app, None).await
}

async fn write_all(app: &App, sender: Option<&mpsc::Sender<Record>>) -> Result<()> {
    let _turn = app.audit.turn.lock().await;
    // Once in each turn: what comes while it is written gathers for the next one.
    app.audit.gather_pulls();
    loop {
        let batch = app.audit.take(BATCH);
        if batch.is_empty() {
            break;
        }
        if let Err(error) = write(app, &batch, sender).await {
            // What the database refuses for itself it would refuse for ever.
            if matches!(error, Error::Unavailable(_) | Error::StorageFull(_)) {
                app.audit.put_back(batch);
            } else {
                app.audit.count_lost(batch.len());
            }
            return Err(error);
        }
    }
    let lost = app.audit.take_lost();
    if lost > 0 {
        tracing::error!(lost, "entries of the audit log were lost, as too many waited to be written");
    }
    Ok(())
}

async fn write(app: &App, batch: &[Waiting], sender: Option<&mpsc::Sender<Record>>) -> Result<()> {
    let settings = settings::current(app).await?;
    let off = switched_off(&settings);
    let kept: Vec<&Record> =
        batch.iter().filter(|entry| !off.contains(&entry.kind)).map(|entry| &entry.record).collect();
    if !kept.is_empty() && !settings.flag("skip_audit_log_database") {
        let mut tx = app.db.begin().await?;
        minato_db::audit::insert(&mut tx, &kept).await?;
        tx.commit().await?;
    }
    if let Some(sender) = sender.filter(|_| !settings.text(forward::ENDPOINT).is_empty()) {
        let unsent = kept.into_iter().filter(|record| sender.try_send((*record).clone()).is_err()).count();
        if unsent > 0 {
            tracing::error!(unsent, "entries of the audit log were not sent on, as too many waited");
        }
    }
    Ok(())
}

/// What is not to be recorded at the moment.
fn switched_off(settings: &Values) -> Vec<EventType> {
    let list = settings.text("disabled_audit_log_event_types");
    let mut off: Vec<EventType> = keys::words(&list).filter_map(EventType::from_name).collect();
    if settings.flag("pull_audit_log_disable") {
        off.push(EventType::PullArtifact);
    }
    off
}
