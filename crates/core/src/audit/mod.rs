//! The audit log: who did what, who tried to, and with what outcome.
//!
//! Recording never slows or fails what is recorded. `of` runs a core function's work and notes
//! how it ended; the note waits in memory, and a task of its own (`writer`) writes many at once
//! and sends them on (`forward`). What does not fit any more is counted, and the count is logged.
//! A process that is killed loses what it had not written, of the last moment.
//!
//! # How a function is recorded
//!
//! Around the work of a public core function, with the caller's name from its grant:
//!
//! ```ignore
//! pub async fn delete(app: &App, grant: &ProjectGrant<MemberDelete>, id: MemberId) -> Result<()> {
//!     let event = Event::new(EventType::DeleteMember, id.to_string()).within(grant.project);
//!     audit::of(app, grant.principal.name(), event, async { /* what it did before */ }).await
//! }
//! ```
//!
//! - The resource is the name that people know: a project's or user's name, `project/app:tag`.
//! - `within` for all that belongs to a project, so that its administrators see it; a function
//!   that makes the project learns its id at the end and calls `note` itself.
//! - `told` adds what was changed; never a secret, not even a wrong one.
//! - Who lacks the permission is noted where it is asked for, in [`authz`](crate::authz). A new
//!   permission that changes something gets its line in `EventType::of_project` or `of_system`.
//! - Somebody without a name is not noted there: a first request without credentials is how
//!   clients find out that they need some.

mod event;
pub(crate) mod forward;
mod pulls;
pub mod purge;
mod writer;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use minato_db::audit::{Record, Scope, Stored};
use minato_types::clock::Timestamp;
use minato_types::id::ProjectId;
use minato_types::permission::{Action, Resource, SystemResource};
use minato_types::project::Role;
use minato_types::query::{Pattern, Query};
use minato_types::reference::Reference;
use tokio::sync::Notify;

use crate::authz::{AuditLogList, LogList, ProjectGrant, Pull, RepoGrant, SignedIn, SystemGrant, roles};
use crate::principal::{Principal, RobotGrant};
use crate::project::Page;
use crate::{App, Result, Window};

pub use event::{Event, EventType};
pub use minato_db::audit::Stored as Entry;
pub use writer::flush;
pub(crate) use writer::run;

/// Most entries that wait to be written.
const MAX_WAITING: usize = 10_000;

/// Who nobody is called.
const NOBODY: &str = "anonymous";

/// An entry on its way to the log.
#[derive(Clone)]
struct Waiting {
    kind: EventType,
    record: Record,
}

impl Waiting {
    fn new(at: Timestamp, who: &str, event: Event, succeeded: bool) -> Self {
        let Event { kind, resource, project, description } = event;
        let record = Record {
            at,
            project,
            username: event::cut(if who.is_empty() { NOBODY } else { who }),
            operation: kind.operation(),
            resource_type: kind.resource_type(),
            resource,
            description,
            succeeded,
        };
        Self { kind, record }
    }
}

/// Entries that wait to be written.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<VecDeque<Waiting>>,
    pulls: pulls::Pulls,
    wake: Notify,
    lost: AtomicU64,
    /// Held while writing, so that entries keep their order.
    turn: tokio::sync::Mutex<()>,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, entry: Waiting) {
        let mut waiting = self.waiting();
        if waiting.len() < MAX_WAITING {
            waiting.push_back(entry);
            drop(waiting);
            self.wake.notify_one();
        } else {
            drop(waiting);
            self.count_lost(1);
        }
    }

    /// Lets the pulls wait with all the rest. While those are as many as may wait, as when the
    /// database is away, they go on being counted.
    fn gather_pulls(&self) {
        let mut waiting = self.waiting();
        if waiting.len() < MAX_WAITING {
            waiting.extend(self.pulls.take());
        }
    }

    fn take(&self, most: usize) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let length = waiting.len().min(most);
        waiting.drain(..length).collect()
    }

    fn put_back(&self, entries: Vec<Waiting>) {
        let mut waiting = self.waiting();
        for entry in entries.into_iter().rev() {
            waiting.push_front(entry);
        }
    }

    fn count_lost(&self, entries: usize) {
        self.lost.fetch_add(entries as u64, Ordering::Relaxed);
    }

    /// How many were lost since the last time that this was asked.
    fn take_lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }
}

/// Does the work and records how it ended.
pub(crate) fn of<'a, T: 'a>(
    app: &'a App,
    who: &'a str,
    event: Event,
    work: impl Future<Output = Result<T>> + Send + 'a,
) -> impl Future<Output = Result<T>> + Send + 'a {
    // Boxed, or the caller's future would hold the work's twice.
    let work: BoxFuture<'a, Result<T>> = Box::pin(work);
    async move {
        let outcome = work.await;
        note(app, who, event, outcome.is_ok());
        outcome
    }
}

/// Records what has ended.
pub(crate) fn note(app: &App, who: &str, event: Event, succeeded: bool) {
    app.audit.push(Waiting::new(app.clock.now(), who, event, succeeded));
}

/// Records that a manifest was pulled. The same by the same caller within a moment becomes one
/// entry, which tells how often: when a cluster starts, a thousand nodes ask for one image.
pub(crate) fn pulled(app: &App, grant: &RepoGrant<Pull>, reference: &Reference) {
    match app.audit.pulls.note(grant, reference, app.clock.now()) {
        pulls::Noted::First => app.audit.wake.notify_one(),
        pulls::Noted::Again => {}
        pulls::Noted::Lost => app.audit.count_lost(1),
    }
}

/// Records that somebody may not do in a project what they tried.
pub(crate) fn denied(
    app: &App,
    who: &str,
    pair: (Resource, Action),
    project: ProjectId,
    resource: impl Into<String>,
) {
    if let Some(kind) = EventType::of_project(pair.0, pair.1).filter(|_| !who.is_empty()) {
        note(app, who, Event::new(kind, resource).within(project).told("not permitted"), false);
    }
}

/// Records that somebody may not do in the system what they tried.
pub(crate) fn denied_in_system(app: &App, who: &str, resource: SystemResource, action: Action) {
    if let Some(kind) = EventType::of_system(resource, action).filter(|_| !who.is_empty()) {
        note(app, who, Event::new(kind, "").told("not permitted"), false);
    }
}

/// Lists what the caller may see: all of it, or what happened in projects whose log they may read.
pub async fn list(app: &App, who: &SignedIn, query: &Query, window: Window) -> Result<Page<Stored>> {
    read(app, &scope(&who.principal), query, window).await
}

/// Lists what happened in a project.
pub async fn list_of_project(
    app: &App,
    grant: &ProjectGrant<LogList>,
    query: &Query,
    window: Window,
) -> Result<Page<Stored>> {
    read(app, &Scope::Projects(vec![grant.project]), query, window).await
}

/// Only what succeeded, for lists that don't show the outcome (Harbor's older log had no other).
#[must_use]
pub fn succeeded(mut query: Query) -> Query {
    query.require("operationresult", Pattern::Equal("true".to_owned()));
    query
}

/// The types of events that can be switched off.
pub fn event_types(_: &SystemGrant<AuditLogList>) -> impl Iterator<Item = EventType> {
    EventType::listed()
}

async fn read(app: &App, scope: &Scope, query: &Query, window: Window) -> Result<Page<Stored>> {
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::audit::list(&mut conn, scope, query, window).await?;
    Ok(Page { items, total })
}

fn scope(principal: &Principal) -> Scope {
    match principal {
        Principal::Anonymous => Scope::Projects(Vec::new()),
        Principal::User { sysadmin: true, .. } => Scope::All,
        Principal::User { id, .. } => {
            let holds = |role: &Role| roles::role_holds(*role, Resource::Log, Action::List);
            Scope::Roles(*id, Role::ALL.into_iter().filter(holds).collect())
        }
        Principal::Robot(robot) if robot.holds_in_system(SystemResource::AuditLog, Action::List) => {
            Scope::All
        }
        Principal::Robot(robot) => {
            let projects = robot.grants.iter().filter_map(|grant| match grant {
                RobotGrant::Project(project, Resource::Log, Action::List) => Some(*project),
                _ => None,
            });
            match projects.collect::<Option<Vec<_>>>() {
                Some(projects) => Scope::Projects(projects),
                None => Scope::AllProjects,
            }
        }
    }
}
