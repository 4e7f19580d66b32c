//! What a run would take away, and why; what is only waiting for its time, and until when.
//!
//! Manifests are followed as a removal follows them (`artifact::remove`), on paper: a blob goes when the
//! last manifest that needs it does.

use std::collections::{HashMap, HashSet};

use minato_db::artifact;
use minato_db::garbage::Total;
use minato_db::garbage::plan::{self, Standing};
use minato_queue::Cx;
use minato_types::artifact::AccessoryKind;
use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, BlobId};
use serde_json::{Map, Value};

use super::job::{Done, count_untagged, list_untagged, outcome, seconds};
use super::lines::Lines;
use crate::{App, Result};

/// Lines of each kind that are logged one by one.
const MOST_LINES: u64 = 20_000;

/// Rows that are looked at together: nothing is locked.
const PAGE: i64 = 1000;

/// Tells what would go, and why.
pub(super) async fn run(app: &App, delete_untagged: bool, cx: &Cx) -> Done<Map<String, Value>> {
    let mut plan = Plan::new(app, cx, MOST_LINES);
    if delete_untagged {
        plan.follow_untagged().await?;
    }
    plan.look_at_notes().await?;
    plan.look_at_garbage().await?;
    plan.manifests.end("manifests");
    plan.blobs.end("blobs");
    plan.waiting.end("blobs that wait");
    let Total { blobs, bytes, manifests } = plan.now;
    cx.info(format!("{blobs} blobs and {manifests} manifests eligible for deletion"));
    cx.info(format!("{manifests} manifests and {blobs} blobs would go, {bytes} bytes would be free"));
    plan.later.tell(cx);
    tell_undoable(app, cx).await?;
    Ok(outcome(plan.now))
}

/// Tells how much is left to go by itself.
pub(super) async fn tell_later(app: &App, cx: &Cx) -> Done<()> {
    let mut plan = Plan::new(app, cx, 0);
    plan.look_at_notes().await?;
    plan.later.tell(cx);
    tell_undoable(app, cx).await
}

async fn tell_undoable(app: &App, cx: &Cx) -> Done<()> {
    let mut conn = app.db.read().await?;
    let undo = minato_db::quota::total_undo(&mut conn).await?;
    if undo > 0 {
        cx.info(format!(
            "up to {undo} bytes stay as their deletion can be undone, for {} or until it is ended",
            seconds(app.startup.undo_period)
        ));
    }
    Ok(())
}

/// What goes at another time.
#[derive(Default)]
struct Later {
    blobs: i64,
    bytes: i64,
    until: Option<Timestamp>,
}

impl Later {
    fn tell(&self, cx: &Cx) {
        if let Some(until) = self.until {
            let (blobs, bytes, until) = (self.blobs, self.bytes, shown(until));
            cx.info(format!(
                "{blobs} blobs, {bytes} bytes that no manifest needs wait for their time, the last until {until}"
            ));
        }
    }
}

fn shown(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at.as_secs()).unwrap_or_default()
}

struct Plan<'a> {
    app: &'a App,
    cx: &'a Cx,
    manifests: Lines<'a>,
    blobs: Lines<'a>,
    waiting: Lines<'a>,
    now: Total,
    later: Later,
    /// Manifests that would go.
    going: HashSet<ArtifactId>,
    /// Blobs of theirs that others need as well, with how many those are.
    shared: HashMap<BlobId, (Standing, i64)>,
}

impl<'a> Plan<'a> {
    fn new(app: &'a App, cx: &'a Cx, lines: u64) -> Self {
        let lines = || Lines::new(cx, lines);
        let (manifests, blobs, waiting) = (lines(), lines(), lines());
        let (now, later, going, shared) = Default::default();
        Self { app, cx, manifests, blobs, waiting, now, later, going, shared }
    }

    /// What manifests without tags would leave.
    async fn follow_untagged(&mut self) -> Done<()> {
        let total = u64::try_from(count_untagged(self.app).await?).unwrap_or_default();
        let (mut after, mut done) = (ArtifactId(0), 0);
        loop {
            let batch = list_untagged(self.app, after).await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.id;
            for found in &batch {
                self.manifests.tell(|| {
                    let (name, digest, size) = (&found.name, &found.digest, found.size);
                    format!("would remove {name}@{digest}: it has no tag ({size} bytes with its blobs)")
                });
            }
            let mut next: Vec<ArtifactId> = batch.iter().map(|found| found.id).collect();
            while !next.is_empty() {
                next = self.remove(next).await?;
            }
            done += batch.len() as u64;
            self.cx.progress(done, total.max(done));
            self.cx.checkpoint().await?;
        }
    }

    /// Counts these manifests and what only they needed; those that would go after them.
    async fn remove(&mut self, artifacts: Vec<ArtifactId>) -> Result<Vec<ArtifactId>> {
        let going: Vec<_> = artifacts.into_iter().filter(|id| self.going.insert(*id)).collect();
        self.now.manifests += i64::try_from(going.len()).unwrap_or(i64::MAX);
        let mut conn = self.app.db.read().await?;
        let needs = plan::count_needs(&mut conn, &going).await?;
        let unknown: Vec<_> =
            needs.iter().map(|(blob, _)| *blob).filter(|blob| !self.shared.contains_key(blob)).collect();
        for standing in plan::list_standing(&mut conn, &unknown).await? {
            let needed = standing.needed;
            self.shared.insert(standing.id, (standing, needed));
        }
        let accessories = artifact::list_accessories_of(&mut conn, &going).await?;
        let children: Vec<_> =
            artifact::children(&mut conn, &going).await?.into_iter().map(|child| child.child).collect();
        let before = self.app.clock.now().minus(self.app.startup.gc.hold);
        let mut next = artifact::list_loose(&mut conn, &children, before, true).await?;
        let parents = artifact::parents(&mut conn, &next).await?;
        drop(conn);
        let kept: HashSet<_> =
            parents.iter().filter(|index| !self.going.contains(&index.id)).map(|index| index.child).collect();
        next.retain(|child| !kept.contains(child));
        next.extend(accessories.iter().filter(|found| is_nothing_alone(found)).map(|found| found.id));
        for (blob, gone) in needs {
            self.lose(blob, gone);
        }
        Ok(next)
    }

    /// A blob loses some of those who need it.
    fn lose(&mut self, blob: BlobId, gone: i64) {
        let Some((_, needed)) = self.shared.get_mut(&blob) else { return };
        *needed -= gone;
        if *needed > 0 {
            return;
        }
        let Some((standing, _)) = self.shared.remove(&blob) else { return };
        let (now, startup) = (self.app.clock.now(), &self.app.startup);
        let (delay, undo) = (startup.gc.delay, startup.undo_period);
        // The run waits for what is due after the delay, not for a push or for who may want it back.
        let in_run = now.plus(delay);
        let held = standing.due_at.filter(|due| *due > in_run);
        if !undo.is_zero() {
            let why = "only manifests without tags need it, whose deletion can be undone";
            let at = in_run.plus(undo);
            self.add_later(&standing, held.map_or(at, |held| held.max(at)), why);
        } else if let Some(held) = held {
            self.add_later(&standing, held, "a push has named it");
        } else {
            self.add_now(&standing, "only manifests without tags need it");
        }
    }

    /// What has lost its manifest, or its repository, before.
    async fn look_at_notes(&mut self) -> Done<()> {
        let mut after = BlobId(0);
        loop {
            let mut conn = self.app.db.read().await?;
            let noted = plan::list_noted(&mut conn, after, PAGE).await?;
            let Some(last) = noted.last() else { return Ok(()) };
            after = *last;
            let standing = plan::list_standing(&mut conn, &noted).await?;
            drop(conn);
            let now = self.app.clock.now();
            for blob in standing.iter().filter(|blob| blob.needed == 0) {
                let (holder, due) = (blob.repository.as_deref(), blob.due_at.unwrap_or(now));
                match holder {
                    Some(holder) if due > now && blob.is_held => {
                        self.add_later(blob, due, &format!("a push to {holder} has named it"));
                    }
                    Some(holder) => self.add(blob, due, &format!("no manifest in {holder} needs it")),
                    None => self.add(blob, due, "no repository holds it"),
                }
            }
            self.cx.checkpoint().await?;
        }
    }

    /// What is garbage already.
    async fn look_at_garbage(&mut self) -> Done<()> {
        let mut after = 0;
        loop {
            let mut conn = self.app.db.read().await?;
            let binned = plan::list_binned(&mut conn, after, PAGE).await?;
            drop(conn);
            let Some(last) = binned.last() else { return Ok(()) };
            after = last.id;
            for bin in binned {
                self.count_now(&bin.digest, bin.size, "nothing names these bytes");
            }
            self.cx.checkpoint().await?;
        }
    }

    fn add(&mut self, blob: &Standing, due: Timestamp, why: &str) {
        if due > self.app.clock.now() {
            self.add_later(blob, due, why);
        } else {
            self.add_now(blob, why);
        }
    }

    fn add_now(&mut self, blob: &Standing, why: &str) {
        if !blob.is_kept {
            self.count_now(&blob.digest, blob.size, why);
        }
    }

    fn count_now(&mut self, digest: &str, size: i64, why: &str) {
        self.blobs.tell(|| format!("would delete {digest} ({size} bytes): {why}"));
        self.now.blobs += 1;
        self.now.bytes += size;
    }

    fn add_later(&mut self, blob: &Standing, at: Timestamp, why: &str) {
        if blob.is_kept {
            return;
        }
        self.waiting.tell(|| {
            let (digest, size, at) = (&blob.digest, blob.size, shown(at));
            format!("waits until {at}: {digest} ({size} bytes): {why}")
        });
        self.later.blobs += 1;
        self.later.bytes += blob.size;
        self.later.until = self.later.until.max(Some(at));
    }
}

fn is_nothing_alone(accessory: &minato_types::artifact::Artifact) -> bool {
    accessory.accessory.as_ref().is_some_and(|accessory| accessory.kind != AccessoryKind::Subject)
}
