//! All kinds of jobs. A new one is an entry of the table here, and a file beside its noun that does it.

use std::time::Duration;

use minato_db::task::Claimed;
use minato_queue::{Cx, JobError, Kind};
use serde_json::{Map, Value};

use super::{cleanup, history, parameters};
use crate::{App, audit, check, gc, retention, scan, webhook};

/// Of each kind: its name, as Harbor's clients know it, how many ended executions are kept for each
/// thing, what limits it, and what does it with which parameters.
macro_rules! kinds {
    (|$app:ident, $task:ident, $cx:ident|
     $($(#[$about:meta])* $kind:ident, $name:literal, keep: $keep:literal, $limits:expr => $run:expr;)+) => {
        /// A kind of job.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum JobKind {
            $($(#[$about])* $kind,)+
        }

        impl JobKind {
            pub(crate) const ALL: [Self; [$($name),+].len()] = [$(Self::$kind),+];

            /// Its name, as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            pub(crate) const fn limits(self) -> Kind {
                match self {
                    $(Self::$kind => Kind { name: $name, ..$limits },)+
                }
            }

            const fn kept(self) -> i64 {
                match self {
                    $(Self::$kind => $keep,)+
                }
            }

            pub(super) async fn run(
                self,
                $app: &App,
                $task: &Claimed,
                $cx: &Cx,
            ) -> std::result::Result<Map<String, Value>, JobError> {
                match self {
                    $(Self::$kind => $run.await,)+
                }
            }
        }

        pub(super) static KINDS: [Kind; JobKind::ALL.len()] = [$(JobKind::$kind.limits()),+];
    };
}

kinds! { |app, task, cx|
    /// Takes away what nobody can reach.
    GarbageCollection, "GARBAGE_COLLECTION", keep: 50, SYSTEM => gc::job::run(app, parameters(task)?, cx);

    /// Takes old entries out of the audit log.
    PurgeAudit, "PURGE_AUDIT_LOG", keep: 10, SYSTEM => audit::purge::run(app, &parameters(task)?, cx);

    /// Shortens the history of jobs.
    ExecutionSweep, "EXECUTION_SWEEP", keep: 10, SYSTEM => history::sweep(app, cx);

    /// Takes away what has expired.
    Cleanup, "SYSTEM_CLEANUP", keep: 10, SYSTEM => cleanup::run(app, cx);

    /// Compares database and store.
    Fsck, "FSCK", keep: 10, CHECK => check::fsck::run(app, task, parameters(task)?, cx);

    /// Reads all blobs again.
    Scrub, "SCRUB", keep: 10, CHECK => check::scrub::run(app, task, parameters(task)?, cx);

    /// Takes away what a project does not keep, in one repository.
    Retention, "RETENTION", keep: 50, Kind {
        // Two repositories of a project, so that others have their turn.
        at_once_per_share: Some(2),
        max_attempts: 3,
        ..USUAL
    } => retention::job::run(app, task, &parameters(task)?, cx);

    /// Tells a receiver what happened.
    Webhook, "WEBHOOK", keep: 50, Kind {
        // A receiver that falls silent keeps a place for seconds.
        at_once_per_share: Some(4),
        max_attempts: 4,
        backoff: Duration::from_secs(10),
        ..USUAL
    } => webhook::job::run(app, task, &parameters(task)?, cx);

    /// As that, to Slack.
    Slack, "SLACK", keep: 50, Kind {
        priority: 1,
        at_once: Some(1),
        max_attempts: 4,
        backoff: Duration::from_secs(10),
        ..USUAL
    } => webhook::job::run(app, task, &parameters(task)?, cx);

    /// Has a scanner look into an artifact.
    ImageScan, "IMAGE_SCAN", keep: 1, Kind {
        // They mostly wait for scanners, which do one after another; who keeps a place in a process for
        // that keeps it from others.
        at_once: Some(5),
        at_once_per_share: Some(3),
        ..USUAL
    } => scan::job::run(app, task, &parameters(task)?, cx);

    /// Queues that for all artifacts.
    ScanAll, "SCAN_ALL", keep: 1, SYSTEM => scan::all::run(app, task, &parameters(task)?, cx);
}

const USUAL: Kind = Kind {
    name: "",
    priority: 1000,
    at_once: None,
    at_once_per_share: None,
    max_attempts: 1,
    backoff: Duration::from_mins(1),
};

/// Those of the whole system: one at a time, and not again at once if it fails.
const SYSTEM: Kind = Kind { at_once: Some(1), ..USUAL };

/// They go on where they were, after an outage too.
const CHECK: Kind = Kind { priority: 500, at_once: Some(1), max_attempts: 10, ..USUAL };

impl JobKind {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How many ended executions are kept for each thing, as in Harbor; for each of an unknown kind 50.
pub(crate) fn keep(vendor_type: &str) -> i64 {
    JobKind::parse(vendor_type).map_or(50, JobKind::kept)
}
