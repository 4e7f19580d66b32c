//! Webhooks: whom a project tells of what happens in it, and what was told.

mod event;
pub(crate) mod job;
pub(crate) mod pulls;
pub(crate) mod tell;

use minato_clients::plain_address;
use minato_db::execution::{self, Execution};
use minato_db::task::{self, Task};
use minato_db::webhook::Policy as Row;
use minato_db::{Conn, Tx};
use minato_types::clock::Timestamp;
use minato_types::id::{ExecutionId, ProjectId, TaskId, WebhookId};
use minato_types::job::Status;
use minato_types::query::{Pattern, Query};
use minato_types::webhook::EventType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::authz::{
    NotificationPolicyCreate, NotificationPolicyDelete, NotificationPolicyList, NotificationPolicyRead,
    NotificationPolicyUpdate, ProjectGrant,
};
use crate::job::JobKind;
use crate::job::history::MOST_LOG;
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// The kinds of jobs that deliver.
const KINDS: [&str; 2] = [JobKind::Webhook.as_str(), JobKind::Slack.as_str()];

/// Most targets of a policy.
const MOST_TARGETS: usize = 10;

/// Most characters of a name, as in Harbor.
const MOST_NAME: usize = 256;

/// How a target is spoken to.
pub const TARGET_KINDS: [&str; 2] = ["http", "slack"];

/// The forms of what is sent by HTTP.
pub const FORMATS: [&str; 2] = ["CloudEvents", "Default"];

/// Whom to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    /// `http` or `slack`.
    pub kind: String,
    /// Where.
    pub address: String,
    /// What is sent as `Authorization`; a secret, which is never shown.
    pub auth_header: String,
    /// Whether any certificate will do.
    pub skip_cert_verify: bool,
    /// One of [`FORMATS`], for `http`.
    pub payload_format: String,
}

/// What is told to whom.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Row id; counts for nothing in a new one.
    pub id: WebhookId,
    /// Its project.
    pub project: ProjectId,
    /// Its name, one of a kind in the project.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// Whom to tell.
    pub targets: Vec<Target>,
    /// The words of the events.
    pub event_types: Vec<String>,
    /// Whether it is carried out.
    pub enabled: bool,
    /// Who made it.
    pub creator: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// What a client says of a policy.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its name.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// Whom to tell.
    pub targets: Vec<Target>,
    /// The words of the events.
    pub event_types: Vec<String>,
    /// Whether it is carried out.
    pub enabled: bool,
}

impl Policy {
    fn of(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            project: row.project,
            name: row.name,
            description: row.description,
            targets: serde_json::from_str(&row.targets).map_err(Error::internal)?,
            event_types: row.event_types,
            enabled: row.enabled,
            creator: row.creator,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    fn row(&self) -> Result<Row> {
        Ok(Row {
            id: self.id,
            project: self.project,
            name: self.name.clone(),
            description: self.description.clone(),
            targets: serde_json::to_string(&self.targets).map_err(Error::internal)?,
            event_types: self.event_types.clone(),
            enabled: self.enabled,
            creator: self.creator.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl Wish {
    /// Checks it; targets in the form in which they are kept.
    fn checked(mut self) -> Result<Self> {
        if self.name.trim().is_empty() || self.name.chars().count() > MOST_NAME {
            return Err(Error::invalid("name", format!("expected 1 to {MOST_NAME} characters")));
        }
        if self.targets.is_empty() || self.targets.len() > MOST_TARGETS {
            return Err(Error::invalid("targets", format!("expected 1 to {MOST_TARGETS}")));
        }
        if self.event_types.is_empty() {
            return Err(Error::invalid("event_types", "expected at least one"));
        }
        if let Some(unknown) = self.event_types.iter().find(|word| EventType::parse(word).is_none()) {
            let known = EventType::ALL.map(EventType::as_str).join(", ");
            return Err(Error::invalid("event_types", format!("`{unknown}` is none; there are {known}")));
        }
        self.targets = self.targets.into_iter().map(Target::checked).collect::<Result<_>>()?;
        Ok(self)
    }
}

impl Target {
    fn checked(mut self) -> Result<Self> {
        if !TARGET_KINDS.contains(&self.kind.as_str()) {
            return Err(Error::invalid("targets.type", format!("must be {}", TARGET_KINDS.join(" or "))));
        }
        self.address = plain_address(&self.address)
            .map_err(|error| Error::invalid("targets.address", error.to_string()))?;
        let is_slack = self.kind == "slack";
        if is_slack && !self.payload_format.is_empty() {
            return Err(Error::invalid("targets.payload_format", "must not be set for slack"));
        }
        if !is_slack && self.payload_format.is_empty() {
            "Default".clone_into(&mut self.payload_format);
        }
        if !is_slack && !FORMATS.contains(&self.payload_format.as_str()) {
            return Err(Error::invalid(
                "targets.payload_format",
                format!("must be {}", FORMATS.join(" or ")),
            ));
        }
        if !self.auth_header.chars().all(|c| c == '\t' || (' '..='~').contains(&c)) {
            return Err(Error::invalid("targets.auth_header", "must be printable ASCII"));
        }
        Ok(self)
    }

    /// Keeps the secret of a known target that is sent back as it was shown: without it. One with
    /// another address has to bring its own, or the secret would go there.
    fn keep_secret(&mut self, known: &[Self]) {
        if self.auth_header.is_empty()
            && let Some(same) = known.iter().find(|k| k.address == self.address && k.kind == self.kind)
        {
            self.auth_header.clone_from(&same.auth_header);
        }
    }
}

/// Lists the policies of a project.
pub async fn list(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyList>,
    query: &Query,
    window: Window,
) -> Result<Page<Policy>> {
    let mut conn = app.db.read().await?;
    let (rows, total) = minato_db::webhook::list(&mut conn, grant.project, query, window).await?;
    Ok(Page { items: rows.into_iter().map(Policy::of).collect::<Result<_>>()?, total })
}

async fn find(conn: &mut Conn, project: ProjectId, id: WebhookId) -> Result<Policy> {
    let row = minato_db::webhook::get(conn, project, id).await?;
    Policy::of(row.ok_or(Error::NotFound(Noun::Webhook))?)
}

/// Shows a policy.
pub async fn get(app: &App, grant: &ProjectGrant<NotificationPolicyRead>, id: WebhookId) -> Result<Policy> {
    find(&mut app.db.read().await?, grant.project, id).await
}

/// Makes a policy.
pub async fn create(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyCreate>,
    wish: Wish,
) -> Result<WebhookId> {
    let wish = wish.checked()?;
    let now = app.clock.now();
    let policy = Policy {
        id: WebhookId(0),
        project: grant.project,
        name: wish.name,
        description: wish.description,
        targets: wish.targets,
        event_types: wish.event_types,
        enabled: wish.enabled,
        creator: grant.principal.name().to_owned(),
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.db.begin().await?;
    let id = match minato_db::webhook::insert(&mut tx, &policy.row()?).await {
        Err(minato_db::Error::Conflict) => return Err(taken(&policy.name)),
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
        outcome => outcome?,
    };
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(id)
}

fn taken(name: &str) -> Error {
    Error::Conflict(format!("the project has a webhook of the name {name} already"))
}

/// Replaces a policy.
pub async fn update(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyUpdate>,
    id: WebhookId,
    wish: Wish,
) -> Result<()> {
    let mut wish = wish.checked()?;
    let mut tx = app.db.begin().await?;
    let known = find(&mut tx, grant.project, id).await?;
    wish.targets.iter_mut().for_each(|target| target.keep_secret(&known.targets));
    let policy = Policy {
        name: wish.name,
        description: wish.description,
        targets: wish.targets,
        event_types: wish.event_types,
        enabled: wish.enabled,
        updated_at: app.clock.now(),
        ..known
    };
    match minato_db::webhook::update(&mut tx, &policy.row()?).await {
        Err(minato_db::Error::Conflict) => return Err(taken(&policy.name)),
        outcome => outcome?,
    };
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

/// Drops a policy, with what was told by it.
pub async fn delete(app: &App, grant: &ProjectGrant<NotificationPolicyDelete>, id: WebhookId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !minato_db::webhook::delete(&mut tx, grant.project, id).await? {
        return Err(Error::NotFound(Noun::Webhook));
    }
    delete_history(&mut tx, id).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

async fn delete_history(tx: &mut Tx, id: WebhookId) -> Result<()> {
    for kind in KINDS {
        execution::delete_all(tx, kind, id.0).await?;
    }
    Ok(())
}

/// Drops what was told of a project that goes; its policies go with it.
pub(crate) async fn remove_in(tx: &mut Tx, project: ProjectId) -> Result<()> {
    let all = Window { limit: i64::MAX, offset: 0 };
    let (policies, _) = minato_db::webhook::list(tx, project, &Query::default(), all).await?;
    for policy in policies {
        delete_history(tx, policy.id).await?;
    }
    Ok(())
}

/// Something that was told, or is yet to be.
pub struct Delivery {
    /// When, and with what outcome.
    pub execution: Execution,
    /// How its task stands.
    pub status: Status,
    /// Of what kind of event.
    pub event_type: String,
    /// What was sent.
    pub payload: String,
}

impl Delivery {
    fn of(execution: Execution) -> Self {
        let known: Map<String, Value> = serde_json::from_str(&execution.attributes).unwrap_or_default();
        let text = |name: &str| known.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let status = execution.status;
        Self { event_type: text("event_type"), payload: text("payload"), execution, status }
    }
}

/// Lists what was told by a policy, newest first.
pub async fn list_deliveries(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyRead>,
    id: WebhookId,
    query: &Query,
    window: Window,
) -> Result<Page<Delivery>> {
    let mut conn = app.db.read().await?;
    find(&mut conn, grant.project, id).await?;
    let (items, total) = execution::list(&mut conn, &KINDS, Some(&[id.0]), query, window).await?;
    let open = items.iter().filter(|execution| !execution.status.is_final()).map(|execution| execution.id);
    let open = task::list_open(&mut conn, open).await?;
    let told = items.into_iter().map(Delivery::of);
    let told =
        told.map(|told| Delivery { status: *open.get(&told.execution.id).unwrap_or(&told.status), ..told });
    Ok(Page { items: told.collect(), total })
}

/// Lists what was told by one policy of a project or by all, of these statuses or of all.
pub async fn list_all_deliveries(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyList>,
    policy: Option<WebhookId>,
    statuses: Vec<String>,
    (query, window): (&Query, Window),
) -> Result<Page<Delivery>> {
    let mut query = query.clone();
    if !statuses.is_empty() {
        query.require("status", Pattern::AnyOf(statuses));
    }
    let mut conn = app.db.read().await?;
    let all = Window { limit: i64::MAX, offset: 0 };
    let (policies, _) = minato_db::webhook::list(&mut conn, grant.project, &Query::default(), all).await?;
    let ids = policies.into_iter().map(|known| known.id);
    let ids: Vec<i64> = ids.filter(|id| policy.is_none_or(|wanted| wanted == *id)).map(|id| id.0).collect();
    let (items, total) = execution::list(&mut conn, &KINDS, Some(&ids), &query, window).await?;
    Ok(Page { items: items.into_iter().map(Delivery::of).collect(), total })
}

/// The delivery, if it is one of the policy's.
async fn find_delivery(
    conn: &mut Conn,
    project: ProjectId,
    id: WebhookId,
    execution: ExecutionId,
) -> Result<(Policy, Execution)> {
    let policy = find(conn, project, id).await?;
    let found = execution::get(conn, &KINDS, execution).await?;
    let found = found.filter(|found| found.vendor_id == id.0).ok_or(Error::NotFound(Noun::Execution))?;
    Ok((policy, found))
}

/// Lists the jobs of a delivery.
pub async fn list_tasks(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyRead>,
    (id, execution): (WebhookId, ExecutionId),
    query: &Query,
    window: Window,
) -> Result<Page<Task>> {
    let mut conn = app.db.read().await?;
    find_delivery(&mut conn, grant.project, id, execution).await?;
    let (items, total) = task::list(&mut conn, execution, query, window).await?;
    Ok(Page { items, total })
}

/// What a job logged: what was sent, and what came back.
pub async fn log(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyRead>,
    (id, execution): (WebhookId, ExecutionId),
    task: TaskId,
) -> Result<String> {
    let mut conn = app.db.read().await?;
    find_delivery(&mut conn, grant.project, id, execution).await?;
    let task = task::get(&mut conn, Some(execution), task).await?.ok_or(Error::NotFound(Noun::Job))?;
    Ok(task::read_log(&mut conn, task.id, MOST_LOG).await?)
}

/// Tells the same once more; the new delivery.
pub async fn redeliver(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyUpdate>,
    id: WebhookId,
    execution: ExecutionId,
) -> Result<ExecutionId> {
    let mut tx = app.db.begin().await?;
    let (policy, old) = find_delivery(&mut tx, grant.project, id, execution).await?;
    let task = task::get_first(&mut tx, execution).await?.ok_or(Error::NotFound(Noun::Job))?;
    let new = tell::again(&mut tx, &policy, &old, &task, app.clock.now()).await?;
    tx.commit().await?;
    Ok(new)
}

/// When each policy of a project told last of each kind of event.
pub async fn list_last(
    app: &App,
    grant: &ProjectGrant<NotificationPolicyRead>,
) -> Result<Vec<(Policy, Vec<(String, Option<Timestamp>)>)>> {
    let mut conn = app.db.read().await?;
    let all = Window { limit: i64::MAX, offset: 0 };
    let (rows, _) = minato_db::webhook::list(&mut conn, grant.project, &Query::default(), all).await?;
    let mut found = Vec::new();
    for row in rows {
        let policy = Policy::of(row)?;
        let recent = Window { limit: 200, offset: 0 };
        let (executions, _) =
            execution::list(&mut conn, &KINDS, Some(&[policy.id.0]), &Query::default(), recent).await?;
        let told: Vec<Delivery> = executions.into_iter().map(Delivery::of).collect();
        let last = |word: &String| {
            let newest = told.iter().find(|delivery| delivery.event_type == *word);
            (word.clone(), newest.map(|delivery| delivery.execution.started_at))
        };
        let last = policy.event_types.iter().map(last).collect();
        found.push((policy, last));
    }
    Ok(found)
}
