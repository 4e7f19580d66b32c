//! What both kinds of check do with what they find: count it, tell it, and mark what is damaged.

use minato_db::check::{self, Checked};
use minato_db::quarantine::{self, NewAside};
use minato_db::task::Claimed;
use minato_queue::{Cx, JobError, Unit};
use minato_types::digest::Digest;
use serde_json::Value;

use super::report::{Finding, MOST_FINDINGS, Report, What};
use crate::job::JobKind;
use crate::{App, Result};

/// What comes of a piece of a check.
pub(super) type Done<T> = std::result::Result<T, JobError>;

/// What the store says, for the log: what a request would only call an internal error.
pub(super) fn store_error(error: minato_store::Error) -> JobError {
    match error {
        minato_store::Error::Unavailable(_) => JobError::Retry(error.to_string()),
        other => JobError::Failed(other.to_string()),
    }
}

/// A check at work.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) cx: &'a Cx,
    pub(super) repair: bool,
    pub(super) report: Report,
    /// About how much there is to do.
    pub(super) total: u64,
    /// Of what.
    pub(super) unit: Unit,
}

impl<'a> Desk<'a> {
    /// Goes on with what this task had found before its worker was lost, if it was.
    pub(super) fn new(app: &'a App, task: &Claimed, cx: &'a Cx, repair: bool) -> Self {
        let known: Value = serde_json::from_str(&task.attributes).unwrap_or_default();
        let report = known.get("report").cloned().unwrap_or_default();
        let report = serde_json::from_value(report).unwrap_or_default();
        Self { app, cx, repair, report, total: 0, unit: Unit::Things }
    }

    /// Writes down how far it is, now and then; fails when it is to stop.
    pub(super) async fn checkpoint(&self, done: u64) -> Done<()> {
        self.cx.progress_in(self.unit, done.min(self.total), self.total);
        self.tell();
        self.cx.checkpoint().await
    }

    /// Shows the report as it is.
    pub(super) fn tell(&self) {
        self.cx.set("report", serde_json::to_value(&self.report).unwrap_or_default());
    }

    /// Tells at the end what was found.
    pub(super) fn end(&self) {
        self.cx.progress_in(self.unit, self.total, self.total);
        self.tell();
        self.cx.info(&self.report);
        let damaged = self.report.damaged();
        if damaged > 0 {
            tracing::warn!(damaged, "a check found damage: {}", self.report);
        }
    }

    pub(super) fn found(&mut self, finding: Finding) {
        self.cx.info(&finding);
        // Many are told by their number at the end.
        if finding.what.is_damage() && self.report.damaged() < MOST_FINDINGS as u64 {
            let (digest, key) = (finding.digest.as_str(), finding.key.as_str());
            tracing::warn!(blob.digest = digest, storage.key = key, "{finding}");
        }
        self.report.add(finding);
    }

    /// Tells that a blob is damaged, if these are its bytes still, and marks it. `size` is how many
    /// bytes there are.
    pub(super) async fn damaged(&mut self, blob: &Checked, what: What, size: u64) -> Result<()> {
        let key = blob.storage_key.as_str();
        let is_known = blob.damage.as_deref() == Some(what.as_str());
        let is_marked = self.repair && !is_known && what != What::Unreadable;
        if is_marked {
            let now = self.app.clock.now();
            let mut tx = self.app.db.begin().await?;
            if !check::mark(&mut tx, blob.id, key, what.as_str()).await? {
                return Ok(());
            }
            if what != What::Missing {
                let digest = blob.digest.as_str();
                let aside = NewAside { storage_key: key, digest, size, reason: what.as_str(), due_at: None };
                quarantine::insert(&mut tx, &aside, now).await?;
            }
            tx.commit().await?;
            self.app.cache.repositories_changed();
        } else {
            let mut conn = self.app.db.read().await?;
            if check::get_damage(&mut conn, blob.id, key).await?.is_none() {
                return Ok(());
            }
        }
        let needed_by = self.needed_by(&blob.digest).await?;
        let digest = blob.digest.to_string();
        self.found(Finding { what, digest, key: key.to_owned(), size, needed_by, repaired: is_marked });
        Ok(())
    }

    /// Tells that a blob is not damaged any more, and takes the mark from it.
    pub(super) async fn recovered(&mut self, blob: &Checked) -> Result<()> {
        let Some(damage) = &blob.damage else { return Ok(()) };
        let key = blob.storage_key.as_str();
        if self.repair {
            let mut tx = self.app.db.begin().await?;
            if !check::unmark(&mut tx, blob.id, key, damage).await? {
                return Ok(());
            }
            quarantine::delete_by_key(&mut tx, &[key]).await?;
            tx.commit().await?;
        }
        self.found(Finding {
            what: What::Recovered,
            digest: blob.digest.to_string(),
            key: key.to_owned(),
            size: blob.size,
            needed_by: Vec::new(),
            repaired: self.repair,
        });
        Ok(())
    }

    /// Some of those who need a blob: repositories, with manifests where there are, and deletions that
    /// can be undone.
    async fn needed_by(&self, digest: &Digest) -> Result<Vec<String>> {
        const MOST: i64 = 10;
        let mut conn = self.app.db.read().await?;
        let reasons = minato_db::garbage::list_reasons(&mut conn, digest, MOST).await?;
        let name = |reason: minato_db::garbage::Reason| match reason.artifact {
            Some(artifact) => format!("{}@{artifact}", reason.repository),
            None => reason.repository,
        };
        let mut needed: Vec<String> = reasons.into_iter().map(name).collect();
        let deletions = minato_db::deletion::list_of_blob(&mut conn, digest, MOST).await?;
        needed
            .extend(deletions.into_iter().map(|kept| format!("deletion {} of {}", kept.id, kept.repository)));
        Ok(needed)
    }

    /// Notes that a whole round of a kind has ended.
    pub(super) async fn note_end(&self, kind: JobKind) -> Result<()> {
        let mut tx = self.app.db.begin().await?;
        let mut state = check::get_state(&mut tx, kind.as_str()).await?;
        state.ended_at = Some(self.app.clock.now());
        state.found = i64::try_from(self.report.total()).unwrap_or(i64::MAX);
        check::put_state(&mut tx, kind.as_str(), &state).await?;
        Ok(tx.commit().await?)
    }
}
