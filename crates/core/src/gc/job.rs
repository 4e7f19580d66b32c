//! Garbage collection as a job, for who asks for it or schedules it: as what goes on all the time,
//! at once; and on request without the manifests that have no tags.
//!
//! Begun again it goes on with what is left, and counts from there.

use std::time::Duration;

use futures_util::future::try_join_all;
use minato_db::garbage::{self, Total, Untagged};
use minato_queue::{Cx, JobError};
use minato_types::digest::Digest;
use minato_types::id::ArtifactId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::lines::Lines;
use super::{collect_blobs, plan, release, review_links, sweep};
use crate::artifact::remove::{self, Children};
use crate::job::JobKind;
use crate::pace::Pace;
use crate::{App, Error, Result, deletion};

/// Blobs and manifests that the log names one by one.
const MOST_LINES: u64 = 1_000;

/// What comes of a part of a run.
pub(super) type Done<T> = std::result::Result<T, JobError>;

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
pub(crate) async fn run(app: &App, parameters: Parameters, cx: &Cx) -> Done<Map<String, Value>> {
    let Parameters { delete_untagged, delete_tag, dry_run, workers } = parameters;
    cx.info(format!(
        "parameters: delete_untagged: {delete_untagged}, delete_tag: {delete_tag}, dry_run: {dry_run}, workers: {workers}"
    ));
    cx.info(format!(
        "what was deleted goes after {}, what only a push has named after {}",
        seconds(app.startup.gc.delay),
        seconds(app.startup.gc.hold)
    ));
    if let Err(error) = deletion::expire(app, cx.stop()).await {
        cx.info(format!("deletions whose time is over stay: {error}"));
    }
    if dry_run {
        return plan::run(app, delete_untagged, cx).await;
    }
    let mut run = Run { app, cx, steps: Steps { cx, done: 0, total: 0 }, before: total(app).await? };
    if delete_untagged && run.delete_untagged().await? > 0 && app.startup.undo_period.is_zero() {
        run.wait().await?;
    }
    run.collect(usize::try_from(workers).unwrap_or(1)).await?;
    run.end().await
}

/// How far a step of a run is.
struct Steps<'a> {
    cx: &'a Cx,
    done: u64,
    total: u64,
}

impl Steps<'_> {
    fn begin(&mut self, total: i64) {
        (self.done, self.total) = (0, u64::try_from(total).unwrap_or_default());
        self.cx.progress(0, self.total);
    }

    /// More of it is done; fails when the run is to stop.
    async fn add(&mut self, more: u64) -> Done<()> {
        self.done = self.done.saturating_add(more);
        // Others delete, too, while it runs.
        self.cx.progress(self.done.min(self.total), self.total);
        self.cx.checkpoint().await
    }
}

struct Run<'a> {
    app: &'a App,
    cx: &'a Cx,
    steps: Steps<'a>,
    before: Total,
}

impl Run<'_> {
    /// Does once what the collector does all the time.
    async fn collect(&mut self, workers: usize) -> Done<()> {
        let (app, cx, steps) = (self.app, self.cx, &mut self.steps);
        let mut pace = Pace::new(cx.stop());
        steps.begin(work(app).await?.links);
        while pace.next().await && review_links(app).await? {
            steps.add(super::BATCH.unsigned_abs()).await?;
        }
        steps.begin(work(app).await?.blobs);
        while pace.next().await && collect_blobs(app).await? {
            steps.add(super::BATCH.unsigned_abs()).await?;
        }
        while pace.next().await && release(app).await? {
            cx.checkpoint().await?;
        }
        let (garbage, manifests) = (work(app).await?.garbage, self.gone().await?.manifests);
        cx.info(format!("{garbage} blobs and {manifests} manifests eligible for deletion"));
        self.steps.begin(garbage);
        let lines = Lines::new(cx, MOST_LINES);
        try_join_all((0..workers).map(|_| self.sweep(&lines, garbage))).await?;
        lines.end("blobs");
        cx.checkpoint().await
    }

    async fn sweep(&self, lines: &Lines<'_>, garbage: i64) -> Done<()> {
        let mut pace = Pace::new(self.cx.stop());
        while pace.next().await
            && let Some(swept) = sweep(self.app).await?
        {
            for digest in &swept.digests {
                lines.tell(|| format!("delete blob from storage: {digest}"));
            }
            let gone = self.gone().await?;
            self.cx.set("freed_space", gone.bytes);
            let [done, all] =
                [gone.blobs.min(garbage), garbage].map(|n| u64::try_from(n).unwrap_or_default());
            self.cx.progress(done, all);
            self.cx.checkpoint().await?;
        }
        Ok(())
    }

    /// What went since the run began, whoever took it.
    async fn gone(&self) -> Result<Total> {
        let now = total(self.app).await?;
        Ok(Total {
            blobs: now.blobs - self.before.blobs,
            bytes: now.bytes - self.before.bytes,
            manifests: now.manifests - self.before.manifests,
        })
    }

    /// Tells what went, and what is still to go.
    async fn end(&self) -> Done<Map<String, Value>> {
        let gone = self.gone().await?;
        let Total { blobs, bytes, manifests } = gone;
        self.cx.info(format!("{manifests} manifests and {blobs} blobs are gone, {bytes} bytes are free"));
        plan::tell_later(self.app, self.cx).await?;
        let all = total(self.app).await?;
        self.cx.info(format!("since the beginning: {} blobs, {} bytes", all.blobs, all.bytes));
        Ok(outcome(gone))
    }

    /// Lets those who read what has just lost its manifest come to their end, as with any deletion: so
    /// what it frees is gone, and counted, when the run ends.
    async fn wait(&mut self) -> Done<()> {
        const STEP: Duration = Duration::from_millis(250);
        let delay = self.app.startup.gc.delay;
        let due = self.app.clock.now().plus(delay);
        self.cx
            .info(format!("waits {} for those who are reading what these manifests needed", seconds(delay)));
        loop {
            let left = due.since(self.app.clock.now());
            self.cx.progress(delay.saturating_sub(left).as_secs(), delay.as_secs());
            self.cx.checkpoint().await?;
            if left.is_zero() {
                return Ok(());
            }
            self.cx.stop().run_until_cancelled(tokio::time::sleep(left.min(STEP))).await;
        }
    }

    /// Removes manifests that have no tag and that nothing else keeps; how many. One that was pushed
    /// within the time that a push may take is left: its tag, or the index that lists it, may be on the
    /// way.
    async fn delete_untagged(&mut self) -> Done<i64> {
        let (app, cx) = (self.app, self.cx);
        let lines = Lines::new(cx, MOST_LINES);
        let (mut after, mut pace, mut removed) = (ArtifactId(0), Pace::new(cx.stop()), 0);
        self.steps.begin(count_untagged(app).await?);
        while pace.next().await {
            let batch = list_untagged(app, after).await?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            for artifact in &batch {
                match delete_one(app, artifact).await {
                    Ok(0) => {}
                    Ok(more) => {
                        removed += more;
                        lines.tell(|| {
                            format!("removed {}@{}, which has no tag", artifact.name, artifact.digest)
                        });
                    }
                    Err(error @ (Error::Unavailable(_) | Error::Busy)) => return Err(error.into()),
                    Err(error) => {
                        lines.tell(|| format!("kept {}@{}: {error}", artifact.name, artifact.digest));
                    }
                }
                self.steps.add(1).await?;
            }
        }
        lines.end("manifests");
        Ok(removed)
    }
}

pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

pub(super) fn outcome(Total { blobs, bytes, manifests }: Total) -> Map<String, Value> {
    let outcome = [("purged_manifests", manifests), ("purged_blobs", blobs), ("freed_space", bytes)];
    outcome.into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect()
}

async fn total(app: &App) -> Result<Total> {
    let mut conn = app.db.read().await?;
    Ok(garbage::total(&mut conn).await?)
}

async fn work(app: &App) -> Result<garbage::plan::Work> {
    let mut conn = app.db.read().await?;
    Ok(garbage::plan::count_work(&mut conn, app.clock.now()).await?)
}

pub(super) async fn count_untagged(app: &App) -> Result<i64> {
    let before = app.clock.now().minus(app.startup.gc.hold);
    let mut conn = app.db.read().await?;
    Ok(garbage::plan::count_untagged(&mut conn, before).await?)
}

pub(super) async fn list_untagged(app: &App, after: ArtifactId) -> Result<Vec<Untagged>> {
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
