//! Garbage collection as a job, for who asks for it or schedules it: as what goes on all the time,
//! at once; and on request without the manifests that have no tags.
//!
//! Begun again it goes on with what is left.

use std::time::Duration;

use futures_util::future::try_join_all;
use minato_db::garbage::{self, Total, Untagged};
use minato_queue::{Cx, JobError};
use minato_types::digest::Digest;
use minato_types::id::ArtifactId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{collect_blobs, release, review_links, sweep};
use crate::artifact::remove::{self, Children};
use crate::job::JobKind;
use crate::pace::Pace;
use crate::{App, Error, Result, deletion};

/// Lines of a dry run that are logged one by one.
const MOST_LINES: i64 = 100_000;

/// What to collect, and how. Names and defaults are Harbor's.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Manifests without tags as well.
    pub delete_untagged: bool,
    /// Without effect, as tags are not in the store.
    pub delete_tag: bool,
    /// Only tells what would go.
    pub dry_run: bool,
    /// How many batches of bytes are deleted at once, 1 to 10.
    pub workers: i64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { delete_untagged: false, delete_tag: false, dry_run: false, workers: 1 }
    }
}

impl Parameters {
    pub(super) fn checked(self) -> Result<Self> {
        if (1..=10).contains(&self.workers) {
            Ok(self)
        } else {
            Err(Error::invalid("parameters.workers", "expected a number from 1 to 10"))
        }
    }
}

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    parameters: Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let (delay, hold) = (app.startup.gc.delay, app.startup.gc.hold);
    cx.info(format!(
        "what was deleted goes after {}, what only a push has named after {}",
        seconds(delay),
        seconds(hold)
    ));
    if let Err(error) = deletion::expire(app, cx.stop()).await {
        cx.info(format!("deletions whose time is over stay: {error}"));
    }
    let undo = undoable(app).await?;
    if undo > 0 {
        cx.info(format!(
            "up to {undo} bytes stay as their deletion can be undone, for {} or until it is ended",
            seconds(app.startup.undo_period)
        ));
    }
    if parameters.dry_run {
        return dry_run(app, parameters, cx).await;
    }
    let before = total(app).await?;
    if parameters.delete_untagged {
        delete_untagged(app, cx).await?;
    }
    let mut pace = Pace::new(cx.stop());
    while pace.next().await && review_links(app).await? {
        cx.checkpoint().await?;
    }
    while pace.next().await && collect_blobs(app).await? {
        cx.checkpoint().await?;
    }
    while pace.next().await && release(app).await? {
        cx.checkpoint().await?;
    }
    let workers = usize::try_from(parameters.workers).unwrap_or(1);
    try_join_all((0..workers).map(|_| sweep_all(app, cx, before))).await?;
    cx.checkpoint().await?;
    let after = total(app).await?;
    let (blobs, bytes) = (after.blobs - before.blobs, after.bytes - before.bytes);
    let manifests = after.manifests - before.manifests;
    cx.info(format!("{manifests} manifests and {blobs} blobs are gone, {bytes} bytes are free"));
    cx.info(format!("since the beginning: {} blobs, {} bytes", after.blobs, after.bytes));
    Ok(outcome(manifests, blobs, bytes))
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

fn outcome(manifests: i64, blobs: i64, bytes: i64) -> Map<String, Value> {
    let outcome = [("purged_manifests", manifests), ("purged_blobs", blobs), ("freed_space", bytes)];
    outcome.into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect()
}

async fn total(app: &App) -> Result<Total> {
    let mut conn = app.db.read().await?;
    Ok(garbage::total(&mut conn).await?)
}

async fn undoable(app: &App) -> Result<i64> {
    let mut conn = app.db.read().await?;
    Ok(minato_db::quota::total_undo(&mut conn).await?)
}

async fn sweep_all(app: &App, cx: &Cx, before: Total) -> std::result::Result<(), JobError> {
    let mut pace = Pace::new(cx.stop());
    while pace.next().await
        && let Some(swept) = sweep(app).await?
    {
        cx.info(format!("deleted {} blobs, {} bytes", swept.blobs, swept.bytes));
        cx.set("freed_space", total(app).await?.bytes - before.bytes);
        cx.checkpoint().await?;
    }
    Ok(())
}

/// Removes manifests that have no tag and that nothing else keeps. One that was pushed within the
/// time that a push may take is left: its tag, or the index that lists it, may be on the way.
async fn delete_untagged(app: &App, cx: &Cx) -> std::result::Result<(), JobError> {
    let (mut after, mut pace) = (ArtifactId(0), Pace::new(cx.stop()));
    while pace.next().await {
        let batch = list_untagged(app, after).await?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        for artifact in &batch {
            match delete_one(app, artifact).await {
                Ok(0) => {}
                Ok(_) => cx.info(format!("removed {}@{}, which has no tag", artifact.name, artifact.digest)),
                Err(error @ (Error::Unavailable(_) | Error::Busy)) => return Err(error.into()),
                Err(error) => cx.info(format!("kept {}@{}: {error}", artifact.name, artifact.digest)),
            }
            cx.checkpoint().await?;
        }
    }
    Ok(())
}

async fn list_untagged(app: &App, after: ArtifactId) -> Result<Vec<Untagged>> {
    let before = app.clock.now().minus(app.startup.gc.hold);
    let mut conn = app.db.read().await?;
    Ok(garbage::list_untagged(&mut conn, after, before, super::BATCH).await?)
}

async fn delete_one(app: &App, artifact: &Untagged) -> Result<i64> {
    let digest: Digest = artifact.digest.parse().map_err(Error::internal)?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    minato_db::repository::lock(&mut tx, artifact.repository).await?;
    // It may have got a tag, been pushed again, or be gone, since it was listed.
    let before = now.minus(app.startup.gc.hold);
    if !minato_db::garbage::is_untagged(&mut tx, artifact.id, before).await? {
        return Ok(0);
    }
    let place = (artifact.project, artifact.repository);
    let how = (Children::GoOlder(before), JobKind::GarbageCollection.as_str());
    let removed = remove::artifact(&mut tx, app, place, &digest, how).await?;
    let manifests = i64::try_from(removed).unwrap_or(i64::MAX);
    garbage::count(&mut tx, Total { manifests, ..Total::default() }).await?;
    tx.commit().await?;
    app.cache.repository_changed(artifact.repository);
    Ok(manifests)
}

/// Tells what would go, and why.
async fn dry_run(
    app: &App,
    parameters: Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let mut manifests = 0;
    if parameters.delete_untagged {
        let mut after = ArtifactId(0);
        loop {
            let batch = list_untagged(app, after).await?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            for Untagged { name, digest, size, .. } in &batch {
                cx.info(format!("would remove {name}@{digest}: it has no tag ({size} bytes with its blobs)"));
                manifests += 1;
            }
            cx.checkpoint().await?;
        }
    }
    let (now, mut blobs, mut bytes, mut offset) = (app.clock.now(), 0, 0, 0);
    while offset < MOST_LINES {
        let mut conn = app.db.read().await?;
        let batch = garbage::list_loose(&mut conn, now, super::BATCH, offset).await?;
        drop(conn);
        if batch.is_empty() {
            break;
        }
        offset += super::BATCH;
        for loose in &batch {
            let why = format!("no manifest in {} needs it", loose.repository);
            if loose.shared {
                cx.info(format!("{} would leave {}: {why}", loose.digest, loose.repository));
            } else {
                cx.info(format!("would delete {} ({} bytes): {why}", loose.digest, loose.size));
                blobs += 1;
                bytes += loose.size;
            }
        }
        cx.checkpoint().await?;
    }
    cx.info(format!("{manifests} manifests and {blobs} blobs would go, {bytes} bytes would be free"));
    Ok(outcome(manifests, blobs, bytes))
}
